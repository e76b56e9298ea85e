"""revisions, read marks, withdrawing"""

from alembic import op
import sqlalchemy as sa


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    # Plain additions: nothing here copies a table to which others point.
    for table in ('thread', 'reply'):
        op.add_column(table, sa.Column('withdrawn_at', MOMENT, nullable=True))
        op.add_column(table, sa.Column('withdrawn_by_id', BIG, nullable=True))
    op.add_column('thread_order', sa.Column('is_withdrawn', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table('revision',
    sa.Column('id', BIG, nullable=False),
    sa.Column('thread_id', BIG, nullable=True),
    sa.Column('reply_id', BIG, nullable=True),
    sa.Column('number', BIG, nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('by_id', BIG, nullable=True),
    sa.Column('at', MOMENT, nullable=False),
    sa.CheckConstraint('(thread_id IS NULL) <> (reply_id IS NULL)', name=op.f('ck_revision_of_one')),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_revision_thread_id_thread'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reply_id'], ['reply.id'], name=op.f('fk_revision_reply_id_reply'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_revision_by_id_person'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revision')),
    sa.UniqueConstraint('thread_id', 'number', name=op.f('uq_revision_thread_id_number')),
    sa.UniqueConstraint('reply_id', 'number', name=op.f('uq_revision_reply_id_number')),
    sqlite_autoincrement=True
    )
    op.create_table('read_mark',
    sa.Column('person_id', BIG, autoincrement=False, nullable=False),
    sa.Column('thread_id', BIG, autoincrement=False, nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.Column('reply_id', BIG, nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_read_mark_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_read_mark_thread_id_thread'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reply_id'], ['reply.id'], name=op.f('fk_read_mark_reply_id_reply'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('person_id', 'thread_id', name=op.f('pk_read_mark'))
    )

    op.create_table('procedure',
    sa.Column('thread_id', BIG, autoincrement=False, nullable=False),
    sa.Column('link', sa.String(length=500), nullable=False),
    sa.Column('owner_id', BIG, nullable=True),
    sa.Column('reviewed_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_procedure_thread_id_thread'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_procedure_owner_id_person'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('thread_id', name=op.f('pk_procedure'))
    )
    op.create_table('procedure_ground',
    sa.Column('procedure_id', BIG, autoincrement=False, nullable=False),
    sa.Column('thread_id', BIG, autoincrement=False, nullable=False),
    sa.Column('place', BIG, nullable=False),
    sa.ForeignKeyConstraint(['procedure_id'], ['thread.id'], name=op.f('fk_procedure_ground_procedure_id_thread'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_procedure_ground_thread_id_thread'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('procedure_id', 'thread_id', name=op.f('pk_procedure_ground'))
    )
    op.create_index('ix_procedure_ground_thread_id', 'procedure_ground', ['thread_id'])


def downgrade():
    op.drop_table('procedure_ground')
    op.drop_table('procedure')
    op.drop_table('read_mark')
    op.drop_table('revision')
    op.drop_column('thread_order', 'is_withdrawn')
    for table in ('reply', 'thread'):
        op.drop_column(table, 'withdrawn_by_id')
        op.drop_column(table, 'withdrawn_at')
