"""silence outlasts leaving"""

from alembic import op
import sqlalchemy as sa


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade():
    op.create_table('silence',
    sa.Column('person_id', BIG, autoincrement=False, nullable=False),
    sa.Column('community_id', BIG, autoincrement=False, nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_silence_community_id_community'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_silence_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'community_id', name=op.f('pk_silence'))
    )


def downgrade():
    op.drop_table('silence')
