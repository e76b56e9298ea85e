"""probes, who wondered too, what waits, and letters about them"""

from alembic import op
import sqlalchemy as sa


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table('probe',
    sa.Column('reply_id', BIG, autoincrement=False, nullable=False),
    sa.Column('thread_id', BIG, nullable=False),
    sa.Column('type', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('box', sa.String(length=20), nullable=False),
    sa.Column('quote', sa.String(length=300), nullable=False),
    sa.Column('gone_at', MOMENT, nullable=True),
    sa.Column('settled_at', MOMENT, nullable=True),
    sa.Column('settled_by_id', BIG, nullable=True),
    sa.CheckConstraint("type IN ('cue', 'knowledge', 'analogue', 'goal', 'option', 'basis', 'experience', 'aiding', 'time', 'assessment', 'expectancy', 'whatif', 'uncertainty')", name=op.f('ck_probe_type')),
    sa.CheckConstraint("state IN ('open', 'answered', 'declined', 'withdrawn')", name=op.f('ck_probe_state')),
    sa.ForeignKeyConstraint(['reply_id'], ['reply.id'], name=op.f('fk_probe_reply_id_reply'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_probe_thread_id_thread'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['settled_by_id'], ['person.id'], name=op.f('fk_probe_settled_by_id_person'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('reply_id', name=op.f('pk_probe'))
    )
    op.create_index('ix_probe_thread_id_state', 'probe', ['thread_id', 'state'])
    op.create_table('probe_wonder',
    sa.Column('probe_id', BIG, autoincrement=False, nullable=False),
    sa.Column('person_id', BIG, autoincrement=False, nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['probe_id'], ['probe.reply_id'], name=op.f('fk_probe_wonder_probe_id_probe'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_probe_wonder_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('probe_id', 'person_id', name=op.f('pk_probe_wonder'))
    )
    op.create_index('ix_probe_wonder_person_id', 'probe_wonder', ['person_id'])
    op.create_table('probe_case',
    sa.Column('reply_id', BIG, autoincrement=False, nullable=False),
    sa.Column('probe_id', BIG, nullable=False),
    sa.ForeignKeyConstraint(['reply_id'], ['reply.id'], name=op.f('fk_probe_case_reply_id_reply'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['probe_id'], ['probe.reply_id'], name=op.f('fk_probe_case_probe_id_probe'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('reply_id', name=op.f('pk_probe_case'))
    )
    op.create_index('ix_probe_case_probe_id', 'probe_case', ['probe_id'])
    op.create_table('waiting_probe',
    sa.Column('id', BIG, autoincrement=False, nullable=False),
    sa.Column('thread_id', BIG, nullable=False),
    sa.Column('asker_id', BIG, nullable=False),
    sa.Column('type', sa.String(length=12), nullable=False),
    sa.Column('box', sa.String(length=20), nullable=False),
    sa.Column('quote', sa.String(length=300), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('renderer', BIG, nullable=False),
    sa.Column('asked_at', MOMENT, nullable=False),
    sa.Column('place', BIG, nullable=False),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_waiting_probe_thread_id_thread'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['asker_id'], ['person.id'], name=op.f('fk_waiting_probe_asker_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiting_probe'))
    )
    op.create_index('ix_waiting_probe_thread_id_asked_at_id', 'waiting_probe', ['thread_id', 'asked_at', 'id'])
    op.create_index('ix_waiting_probe_asker_id', 'waiting_probe', ['asker_id'])
    op.create_table('probe_letter',
    sa.Column('person_id', BIG, autoincrement=False, nullable=False),
    sa.Column('sent_at', MOMENT, nullable=True),
    sa.Column('due_at', MOMENT, nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_probe_letter_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_probe_letter'))
    )


def downgrade():
    for table in ('probe_letter', 'waiting_probe', 'probe_case', 'probe_wonder', 'probe'):
        op.drop_table(table)
