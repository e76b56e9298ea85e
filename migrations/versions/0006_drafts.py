"""drafts"""

from alembic import op
import sqlalchemy as sa

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade():
    op.create_table('draft',
    sa.Column('id', _WHOLE, autoincrement=False, nullable=False),
    sa.Column('person_id', _WHOLE, nullable=True),
    sa.Column('cookie_hash', sa.String(length=64), nullable=True),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('community_id', _WHOLE, nullable=True),
    sa.Column('thread_id', _WHOLE, nullable=True),
    sa.Column('reply_id', _WHOLE, nullable=True),
    sa.Column('aim', sa.String(length=40), nullable=True),
    sa.Column('path', sa.String(length=2000), nullable=False),
    sa.Column('fields', sa.Text(), nullable=False),
    sa.Column('revision', _WHOLE, nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('discarded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(person_id IS NULL) <> (cookie_hash IS NULL)', name=op.f('ck_draft_owner')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_draft_community_id_community'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_draft_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reply_id'], ['reply.id'], name=op.f('fk_draft_reply_id_reply'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_draft_thread_id_thread'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft')),
    sa.UniqueConstraint('person_id', 'aim', name=op.f('uq_draft_person_id_aim'))
    )
    for columns in (('person_id', 'saved_at'), ('cookie_hash',), ('discarded_at',), ('community_id',), ('thread_id',), ('reply_id',)):
        op.create_index(op.f('ix_draft_' + '_'.join(columns)), 'draft', list(columns))


def downgrade():
    op.drop_table('draft')
