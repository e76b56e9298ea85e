"""asking, inviting, removing, topics"""

import re
from html import escape

from alembic import op
import sqlalchemy as sa


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def _community():
    return sa.ForeignKeyConstraint(['community_id'], ['community.id'], ondelete='CASCADE')


def _person(column, ondelete='CASCADE'):
    return sa.ForeignKeyConstraint([column], ['person.id'], ondelete=ondelete)


def _one_open(name, table, columns, where):
    op.create_index(name, table, columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade():
    # Plain additions do not rebuild a table; `vouch` is rebuilt on SQLite, and nothing points to it.
    with op.batch_alter_table('community', schema=None) as batch_op:
        batch_op.add_column(sa.Column('welcome_html', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('welcome_renderer', BIG, server_default='0', nullable=False))
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.add_column(sa.Column('appointed_at', MOMENT, nullable=True))
    with op.batch_alter_table('verdict', schema=None) as batch_op:
        batch_op.add_column(sa.Column('set_aside_at', MOMENT, nullable=True))
    with op.batch_alter_table('vouch', schema=None) as batch_op:
        batch_op.add_column(sa.Column('role', sa.String(length=20), server_default='moderator', nullable=False))
        batch_op.add_column(sa.Column('withdrawn_at', MOMENT, nullable=True))
        batch_op.drop_constraint('uq_vouch_community_id_by_id_for_id', type_='unique')
        batch_op.create_check_constraint(op.f('ck_vouch_role'), "role IN ('practitioner', 'moderator')")
        batch_op.create_index('ix_vouch_community_id_by_id_at', ['community_id', 'by_id', 'at'], unique=False)
    _one_open('uq_vouch_standing', 'vouch', ['community_id', 'by_id', 'for_id'], 'withdrawn_at IS NULL')
    _make_tables()
    _fill()


def _make_tables():
    op.create_table('topic',
    sa.Column('id', BIG, nullable=False),
    sa.Column('community_id', BIG, nullable=False),
    sa.Column('slug', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('retired_at', MOMENT, nullable=True),
    _community(),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_topic')),
    sa.UniqueConstraint('community_id', 'slug', name=op.f('uq_topic_community_id_slug'))
    )
    op.create_table('thread_topic',
    sa.Column('thread_id', BIG, autoincrement=False, nullable=False),
    sa.Column('topic_id', BIG, autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('thread_id', 'topic_id', name=op.f('pk_thread_topic'))
    )
    op.create_index('ix_thread_topic_topic_id_thread_id', 'thread_topic', ['topic_id', 'thread_id'])
    op.create_table('join_request',
    sa.Column('id', BIG, nullable=False),
    sa.Column('community_id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('line', sa.String(length=280), nullable=False),
    sa.Column('asked_at', MOMENT, nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=True),
    sa.Column('settled_at', MOMENT, nullable=True),
    sa.Column('settled_by_id', BIG, nullable=True),
    sa.Column('sentence', sa.String(length=500), nullable=False),
    sa.CheckConstraint("outcome IN ('approved', 'refused', 'withdrawn')", name=op.f('ck_join_request_outcome')),
    sa.CheckConstraint("(outcome IS NULL) = (settled_at IS NULL)", name=op.f('ck_join_request_settled')),
    _community(), _person('person_id'), _person('settled_by_id', 'SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_join_request'))
    )
    op.create_index('ix_join_request_community_id_settled_at_id', 'join_request', ['community_id', 'settled_at', 'id'])
    op.create_index('ix_join_request_person_id_community_id', 'join_request', ['person_id', 'community_id'])
    _one_open('uq_join_request_open', 'join_request', ['community_id', 'person_id'], 'settled_at IS NULL')
    op.create_table('invitation',
    sa.Column('id', BIG, autoincrement=False, nullable=False),
    sa.Column('community_id', BIG, nullable=False),
    sa.Column('by_id', BIG, nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('made_at', MOMENT, nullable=False),
    sa.Column('expires_at', MOMENT, nullable=False),
    sa.Column('used_at', MOMENT, nullable=True),
    sa.Column('used_by_id', BIG, nullable=True),
    sa.Column('revoked_at', MOMENT, nullable=True),
    _community(), _person('by_id'), _person('used_by_id', 'SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invitation_token_hash'))
    )
    op.create_index('ix_invitation_community_id_made_at', 'invitation', ['community_id', 'made_at'])
    op.create_table('removal',
    sa.Column('id', BIG, nullable=False),
    sa.Column('community_id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('by_id', BIG, nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('voice', sa.Double(), nullable=False),
    sa.Column('joined_at', MOMENT, nullable=False),
    sa.Column('practitioner_since', MOMENT, nullable=True),
    sa.Column('appointed_at', MOMENT, nullable=True),
    sa.Column('silenced_until', MOMENT, nullable=True),
    sa.Column('ended_at', MOMENT, nullable=True),
    sa.CheckConstraint("role IN ('newcomer', 'practitioner', 'moderator')", name=op.f('ck_removal_role')),
    _community(), _person('person_id'), _person('by_id', 'SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_removal'))
    )
    op.create_index('ix_removal_community_id_ended_at_at', 'removal', ['community_id', 'ended_at', 'at'])
    op.create_index('ix_removal_person_id', 'removal', ['person_id'])
    _one_open('uq_removal_standing', 'removal', ['community_id', 'person_id'], 'ended_at IS NULL')


def _fill():
    """Whoever moderates was appointed; a welcome reads as the plain paragraphs that it was."""
    db = op.get_bind()
    db.execute(sa.text("UPDATE membership SET appointed_at = joined_at WHERE role = 'moderator'"))
    for row in db.execute(sa.text("SELECT id, welcome FROM community WHERE welcome <> ''")).all():
        parts = [escape(part.strip()) for part in re.split(r'\n\s*\n', row.welcome) if part.strip()]
        html = ''.join(f'<p>{part}</p>' for part in parts)
        db.execute(sa.text('UPDATE community SET welcome_html = :html WHERE id = :id'), {'html': html, 'id': row.id})


def downgrade():
    for table in ('removal', 'invitation', 'join_request', 'thread_topic', 'topic'):
        op.drop_table(table)
    op.execute('DELETE FROM vouch WHERE withdrawn_at IS NOT NULL')
    op.drop_index('uq_vouch_standing', table_name='vouch')
    with op.batch_alter_table('vouch', schema=None) as batch_op:
        batch_op.drop_index('ix_vouch_community_id_by_id_at')
        batch_op.drop_constraint(op.f('ck_vouch_role'), type_='check')
        batch_op.create_unique_constraint('uq_vouch_community_id_by_id_for_id', ['community_id', 'by_id', 'for_id'])
        batch_op.drop_column('withdrawn_at')
        batch_op.drop_column('role')
    # Never in a batch: that makes SQLite drop the table and with it, by cascade, everything that points to it.
    for table, column in (
        ('verdict', 'set_aside_at'), ('membership', 'appointed_at'), ('community', 'welcome_renderer'),
        ('community', 'welcome_html'),
    ):
        op.execute(f'ALTER TABLE {table} DROP COLUMN {column}')
