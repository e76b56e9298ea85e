"""that helped me see it: who says so of which answer, and whoever answered is told"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)
KINDS = ('report', 'wondered', 'thought', 'case', 'procedure', 'year')


def upgrade():
    op.create_table('insight',
    sa.Column('id', BIG, autoincrement=False, nullable=False),
    sa.Column('reply_id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('given_at', MOMENT, nullable=False),
    sa.Column('withdrawn_at', MOMENT, nullable=True),
    sa.Column('moved_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['reply_id'], ['reply.id'], name=op.f('fk_insight_reply_id_reply'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_insight_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_insight')),
    sa.UniqueConstraint('reply_id', 'person_id', name=op.f('uq_insight_reply_id_person_id'))
    )
    op.create_index('ix_insight_person_id', 'insight', ['person_id'])
    allow((*KINDS, 'helped'))


def allow(kinds):
    """Which callbacks there are. SQLite copies the table for that; no other points to it."""
    said = ', '.join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table('callback') as callback:
        callback.drop_constraint(op.f('ck_callback_kind'), type_='check')
        callback.create_check_constraint(op.f('ck_callback_kind'), f'kind IN ({said})')


def downgrade():
    op.execute("DELETE FROM callback WHERE kind = 'helped'")
    allow(KINDS)
    op.drop_index('ix_insight_person_id', table_name='insight')
    op.drop_table('insight')
