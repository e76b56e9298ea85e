"""standing as it was measured last"""

from alembic import op
import sqlalchemy as sa


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table('standing_measure',
    sa.Column('community_id', BIG, autoincrement=False, nullable=False),
    sa.Column('is_simple', sa.Boolean(), nullable=False),
    sa.Column('measured_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_standing_measure_community_id_community'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('community_id', name=op.f('pk_standing_measure'))
    )
    op.create_table('standing',
    sa.Column('community_id', BIG, autoincrement=False, nullable=False),
    sa.Column('person_id', BIG, autoincrement=False, nullable=False),
    sa.Column('share', sa.Double(), nullable=False),
    sa.Column('band', sa.String(length=20), nullable=False),
    sa.Column('ways', sa.Text(), nullable=False),
    sa.CheckConstraint("band IN ('moderator', 'practitioner', 'known here', 'newcomer')", name=op.f('ck_standing_band')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_standing_community_id_community'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_standing_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('community_id', 'person_id', name=op.f('pk_standing'))
    )


def downgrade():
    op.drop_table('standing')
    op.drop_table('standing_measure')
