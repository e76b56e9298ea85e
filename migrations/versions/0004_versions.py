"""what a kept page depends on"""

from alembic import op
import sqlalchemy as sa


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('version',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('stamp', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_version'))
    )


def downgrade():
    op.drop_table('version')
