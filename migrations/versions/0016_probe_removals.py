"""probes that moderators took away, with the reason"""

from alembic import op
import sqlalchemy as sa


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table('probe_removal',
    sa.Column('reply_id', BIG, autoincrement=False, nullable=False),
    sa.Column('by_id', BIG, nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['reply_id'], ['probe.reply_id'], name=op.f('fk_probe_removal_reply_id_probe'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_probe_removal_by_id_person'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('reply_id', name=op.f('pk_probe_removal')),
    )


def downgrade():
    op.drop_table('probe_removal')
