"""cases"""

from alembic import op
import sqlalchemy as sa


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.add_column('thread', sa.Column('was_cut', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table('case_cut',
    sa.Column('case_id', BIG, autoincrement=False, nullable=False),
    sa.Column('story_id', BIG, nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['thread.id'], name=op.f('fk_case_cut_case_id_thread'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['story_id'], ['thread.id'], name=op.f('fk_case_cut_story_id_thread'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('case_id', name=op.f('pk_case_cut'))
    )
    op.create_index('ix_case_cut_story_id', 'case_cut', ['story_id'])
    op.create_table('case_outcome',
    sa.Column('thread_id', BIG, autoincrement=False, nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('renderer', BIG, nullable=False),
    sa.Column('told_at', MOMENT, nullable=True),
    sa.Column('asked', BIG, nullable=False),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_case_outcome_thread_id_thread'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('thread_id', name=op.f('pk_case_outcome'))
    )
    op.create_table('fork',
    sa.Column('id', BIG, autoincrement=False, nullable=False),
    sa.Column('thread_id', BIG, nullable=False),
    sa.Column('place', BIG, nullable=False),
    sa.Column('prompt', sa.String(length=200), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('renderer', BIG, nullable=False),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_fork_thread_id_thread'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fork')),
    sa.UniqueConstraint('thread_id', 'place', name=op.f('uq_fork_thread_id_place'))
    )
    op.create_table('unsealed',
    sa.Column('seal_id', BIG, autoincrement=False, nullable=False),
    sa.Column('person_id', BIG, autoincrement=False, nullable=False),
    sa.Column('thread_id', BIG, nullable=False),
    sa.Column('place', BIG, nullable=False),
    sa.Column('how', sa.String(length=10), nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.CheckConstraint("how IN ('told', 'committed', 'skipped')", name=op.f('ck_unsealed_how')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_unsealed_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_unsealed_thread_id_thread'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('seal_id', 'person_id', name=op.f('pk_unsealed'))
    )
    op.create_index('ix_unsealed_person_id_thread_id', 'unsealed', ['person_id', 'thread_id'])
    op.create_index('ix_unsealed_thread_id', 'unsealed', ['thread_id'])
    op.create_table('commitment',
    sa.Column('id', BIG, autoincrement=False, nullable=False),
    sa.Column('fork_id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=True),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('ranks', sa.String(length=100), nullable=False),
    sa.Column('first', BIG, nullable=False),
    sa.Column('confidence', BIG, nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('renderer', BIG, nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.CheckConstraint("role IN ('newcomer', 'practitioner', 'moderator')", name=op.f('ck_commitment_role')),
    sa.CheckConstraint('confidence BETWEEN 1 AND 4', name=op.f('ck_commitment_confidence')),
    sa.ForeignKeyConstraint(['fork_id'], ['fork.id'], name=op.f('fk_commitment_fork_id_fork'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_commitment_person_id_person'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitment')),
    sa.UniqueConstraint('fork_id', 'person_id', name=op.f('uq_commitment_fork_id_person_id'))
    )
    op.create_index('ix_commitment_fork_id_role_at_id', 'commitment', ['fork_id', 'role', 'at', 'id'])
    op.create_index('ix_commitment_person_id_at', 'commitment', ['person_id', 'at'])
    op.create_table('fork_cue',
    sa.Column('id', BIG, autoincrement=False, nullable=False),
    sa.Column('fork_id', BIG, nullable=False),
    sa.Column('place', BIG, nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['fork_id'], ['fork.id'], name=op.f('fk_fork_cue_fork_id_fork'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fork_cue')),
    sa.UniqueConstraint('fork_id', 'place', name=op.f('uq_fork_cue_fork_id_place'))
    )
    op.create_table('fork_option',
    sa.Column('id', BIG, nullable=False),
    sa.Column('fork_id', BIG, nullable=False),
    sa.Column('place', BIG, nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['fork_id'], ['fork.id'], name=op.f('fk_fork_option_fork_id_fork'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fork_option')),
    sa.UniqueConstraint('fork_id', 'place', name=op.f('uq_fork_option_fork_id_place')),
    sqlite_autoincrement=True
    )
    op.create_table('commitment_cue',
    sa.Column('commitment_id', BIG, autoincrement=False, nullable=False),
    sa.Column('cue_id', BIG, autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_commitment_cue_commitment_id_commitment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['cue_id'], ['fork_cue.id'], name=op.f('fk_commitment_cue_cue_id_fork_cue'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('commitment_id', 'cue_id', name=op.f('pk_commitment_cue'))
    )
    op.create_index('ix_commitment_cue_cue_id', 'commitment_cue', ['cue_id'])
    op.create_table('second_thought',
    sa.Column('commitment_id', BIG, autoincrement=False, nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('renderer', BIG, nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_second_thought_commitment_id_commitment'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('commitment_id', name=op.f('pk_second_thought'))
    )


def downgrade():
    op.drop_table('second_thought')
    op.drop_table('commitment_cue')
    op.drop_table('fork_option')
    op.drop_table('fork_cue')
    op.drop_table('commitment')
    op.drop_table('unsealed')
    op.drop_table('fork')
    op.drop_table('case_outcome')
    op.drop_table('case_cut')
    op.drop_column('thread', 'was_cut')
