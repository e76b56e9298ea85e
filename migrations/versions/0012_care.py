"""how threads end, check-ins, conditions, keepers, and what people are going to try"""

from alembic import op
import sqlalchemy as sa


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)
STANDING = sa.text('ended_at IS NULL')


def _to(table, column, target, ondelete='CASCADE'):
    name = op.f(f'fk_{table}_{column}_{target}')
    return sa.ForeignKeyConstraint([column], [f'{target}.id'], name=name, ondelete=ondelete)


def upgrade():
    op.create_table('ending',
    sa.Column('id', BIG, nullable=False),
    sa.Column('thread_id', BIG, nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('successor_id', BIG, nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('said_at', MOMENT, nullable=False),
    sa.Column('by_id', BIG, nullable=True),
    sa.Column('at', MOMENT, nullable=True),
    sa.Column('seconded_by_id', BIG, nullable=True),
    sa.Column('ended_at', MOMENT, nullable=True),
    sa.Column('ended_by_id', BIG, nullable=True),
    sa.CheckConstraint("kind IN ('retired', 'superseded')", name=op.f('ck_ending_kind')),
    _to('ending', 'thread_id', 'thread'),
    _to('ending', 'successor_id', 'thread'),
    _to('ending', 'by_id', 'person', 'SET NULL'),
    _to('ending', 'seconded_by_id', 'person', 'SET NULL'),
    _to('ending', 'ended_by_id', 'person', 'SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ending')),
    sqlite_autoincrement=True
    )
    op.create_index('uq_ending_standing', 'ending', ['thread_id'], unique=True, sqlite_where=STANDING, postgresql_where=STANDING)
    op.create_index('ix_ending_successor_id', 'ending', ['successor_id'])
    op.create_table('keeping',
    sa.Column('id', BIG, nullable=False),
    sa.Column('thread_id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('by_id', BIG, nullable=True),
    sa.Column('asked_at', MOMENT, nullable=False),
    sa.Column('accepted_at', MOMENT, nullable=True),
    sa.Column('ended_at', MOMENT, nullable=True),
    _to('keeping', 'thread_id', 'thread'),
    _to('keeping', 'person_id', 'person'),
    _to('keeping', 'by_id', 'person', 'SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_keeping')),
    sqlite_autoincrement=True
    )
    op.create_index('uq_keeping_standing', 'keeping', ['thread_id'], unique=True, sqlite_where=STANDING, postgresql_where=STANDING)
    op.create_index('ix_keeping_person_id', 'keeping', ['person_id'])
    op.create_table('check_in',
    sa.Column('thread_id', BIG, autoincrement=False, nullable=False),
    sa.Column('person_id', BIG, autoincrement=False, nullable=False),
    sa.Column('due_at', BIG, autoincrement=False, nullable=False),
    sa.Column('asked_at', MOMENT, nullable=True),
    sa.Column('answer', sa.String(length=10), nullable=True),
    sa.Column('answered_at', MOMENT, nullable=True),
    sa.Column('role', sa.String(length=10), nullable=True),
    sa.Column('reply_id', BIG, nullable=True),
    sa.Column('voice_before', sa.Double(), nullable=True),
    sa.CheckConstraint("answer IN ('still', 'depends', 'no_longer')", name=op.f('ck_check_in_answer')),
    sa.CheckConstraint("role IN ('teller', 'keeper', 'practice')", name=op.f('ck_check_in_role')),
    sa.CheckConstraint('(answer IS NULL) = (answered_at IS NULL)', name=op.f('ck_check_in_answered')),
    _to('check_in', 'thread_id', 'thread'),
    _to('check_in', 'person_id', 'person'),
    _to('check_in', 'reply_id', 'reply', 'SET NULL'),
    sa.PrimaryKeyConstraint('thread_id', 'person_id', 'due_at', name=op.f('pk_check_in'))
    )
    op.create_index('ix_check_in_person_id_answered_at', 'check_in', ['person_id', 'answered_at'])
    op.create_index('ix_check_in_reply_id', 'check_in', ['reply_id'])
    op.create_table('condition',
    sa.Column('id', BIG, autoincrement=False, nullable=False),
    sa.Column('thread_id', BIG, nullable=False),
    sa.Column('sort', sa.String(length=10), nullable=False),
    sa.Column('text', sa.String(length=280), nullable=False),
    sa.Column('by_id', BIG, nullable=True),
    sa.Column('proposed_at', MOMENT, nullable=False),
    sa.CheckConstraint("sort IN ('holds_when', 'not_when')", name=op.f('ck_condition_sort')),
    _to('condition', 'thread_id', 'thread'),
    _to('condition', 'by_id', 'person', 'SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_condition'))
    )
    op.create_index('ix_condition_thread_id_proposed_at', 'condition', ['thread_id', 'proposed_at'])
    op.create_table('acceptance',
    sa.Column('condition_id', BIG, autoincrement=False, nullable=False),
    sa.Column('person_id', BIG, autoincrement=False, nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.CheckConstraint("role IN ('teller', 'moderator', 'dissenter')", name=op.f('ck_acceptance_role')),
    _to('acceptance', 'condition_id', 'condition'),
    _to('acceptance', 'person_id', 'person'),
    sa.PrimaryKeyConstraint('condition_id', 'person_id', name=op.f('pk_acceptance'))
    )
    op.create_index('ix_acceptance_person_id', 'acceptance', ['person_id'])
    op.create_table('intention',
    sa.Column('thread_id', BIG, autoincrement=False, nullable=False),
    sa.Column('person_id', BIG, autoincrement=False, nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.Column('remind_at', MOMENT, nullable=False),
    sa.Column('reminded_at', MOMENT, nullable=True),
    _to('intention', 'thread_id', 'thread'),
    _to('intention', 'person_id', 'person'),
    sa.PrimaryKeyConstraint('thread_id', 'person_id', name=op.f('pk_intention'))
    )
    op.create_index('ix_intention_person_id_at', 'intention', ['person_id', 'at'])
    op.create_index('ix_intention_reminded_at_remind_at', 'intention', ['reminded_at', 'remind_at'])
    op.add_column('verdict', sa.Column('answer', sa.String(length=10), nullable=True))
    op.add_column('verdict', sa.Column('answered_at', MOMENT, nullable=True))
    op.add_column('thread_order', sa.Column('ended_as', sa.String(length=10), nullable=True))
    op.create_index('ix_thread_order_due', 'thread_order', ['check_due', 'thread_id'])
    op.create_index('ix_thread_order_ended', 'thread_order', ['community_id', 'ended_as', 'told_at', 'thread_id'])
    # Cases are ranked otherwise from now on: the worker folds every community's threads from their acts again.
    op.execute(
        "INSERT INTO outbox (job, payload, written_at, due_at, attempts, crashes, fault) "
        "SELECT 'ranking.rebase', '{\"community_id\": ' || CAST(community.id AS VARCHAR(20)) || ', \"after\": 0}', "
        "CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 0, 0, '' FROM community "
        "WHERE EXISTS (SELECT 1 FROM thread WHERE thread.community_id = community.id AND thread.kind = 'case')"
    )


def downgrade():
    op.drop_index('ix_thread_order_ended', 'thread_order')
    op.drop_index('ix_thread_order_due', 'thread_order')
    op.drop_column('thread_order', 'ended_as')
    op.drop_column('verdict', 'answered_at')
    op.drop_column('verdict', 'answer')
    for table in ('intention', 'acceptance', 'condition', 'check_in', 'keeping', 'ending'):
        op.drop_table(table)
