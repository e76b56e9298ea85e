"""needs, who practises has read what, and what became of what people told"""

import json
import secrets

from alembic import op
import sqlalchemy as sa


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table('need',
    sa.Column('id', BIG, autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('thread_id', BIG, nullable=False),
    sa.Column('community_id', BIG, nullable=False),
    sa.Column('ref_id', BIG, nullable=False),
    sa.Column('for_id', BIG, nullable=True),
    sa.Column('since', MOMENT, nullable=False),
    sa.Column('due_at', MOMENT, nullable=False),
    sa.CheckConstraint("kind IN ('question', 'probe', 'checkin', 'contested', 'outcome')", name=op.f('ck_need_kind')),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_need_thread_id_thread'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_need_community_id_community'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['for_id'], ['person.id'], name=op.f('fk_need_for_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need')),
    sa.UniqueConstraint('thread_id', 'kind', 'ref_id', name=op.f('uq_need_thread_id_kind_ref_id'))
    )
    op.create_index('ix_need_community_id_due_at_id', 'need', ['community_id', 'due_at', 'id'])
    op.create_index('ix_need_for_id', 'need', ['for_id'])
    op.create_table('snooze',
    sa.Column('need_id', BIG, autoincrement=False, nullable=False),
    sa.Column('person_id', BIG, autoincrement=False, nullable=False),
    sa.Column('until', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_snooze_need_id_need'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_snooze_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('need_id', 'person_id', name=op.f('pk_snooze'))
    )
    op.create_index('ix_snooze_person_id', 'snooze', ['person_id'])
    op.create_table('callback',
    sa.Column('id', BIG, autoincrement=False, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('thread_id', BIG, nullable=False),
    sa.Column('ref_id', BIG, nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.Column('seen_at', MOMENT, nullable=True),
    sa.CheckConstraint("kind IN ('report', 'wondered', 'thought', 'case', 'procedure', 'year')", name=op.f('ck_callback_kind')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_callback_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_callback_thread_id_thread'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_callback')),
    sa.UniqueConstraint('person_id', 'kind', 'thread_id', 'ref_id', name=op.f('uq_callback_person_id_kind_thread_id_ref_id'))
    )
    op.create_index('ix_callback_person_id_at_id', 'callback', ['person_id', 'at', 'id'])
    op.create_index('ix_callback_thread_id_kind', 'callback', ['thread_id', 'kind'])
    op.create_table('callback_letter',
    sa.Column('person_id', BIG, autoincrement=False, nullable=False),
    sa.Column('sent_at', MOMENT, nullable=True),
    sa.Column('due_at', MOMENT, nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_callback_letter_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_callback_letter'))
    )
    op.add_column('thread', sa.Column('readers', BIG, server_default='0', nullable=False))
    op.add_column('read_mark', sa.Column('is_practitioners', sa.Boolean(), server_default=sa.false(), nullable=False))
    count_readers()
    keep_reports()
    plan_needs()


def count_readers():
    """Whoever has read something and practises there now is taken to have done so then."""
    op.execute(
        "UPDATE read_mark SET is_practitioners = true WHERE EXISTS (SELECT 1 FROM thread JOIN membership"
        " ON membership.community_id = thread.community_id WHERE thread.id = read_mark.thread_id"
        " AND membership.person_id = read_mark.person_id AND membership.role IN ('practitioner', 'moderator')"
        " AND (thread.teller_id IS NULL OR thread.teller_id <> read_mark.person_id))"
    )
    op.execute(
        "UPDATE thread SET readers = (SELECT count(*) FROM read_mark WHERE read_mark.thread_id = thread.id"
        " AND read_mark.is_practitioners) WHERE id IN (SELECT thread_id FROM read_mark WHERE is_practitioners)"
    )


def keep_reports():
    """What tellers found on their page until now they find there still, as seen already."""
    callback = sa.table('callback', *(sa.column(name) for name in ('id', 'person_id', 'kind', 'thread_id', 'ref_id')),
                        sa.column('at', MOMENT), sa.column('seen_at', MOMENT))
    reply = sa.table('reply', *(sa.column(name) for name in ('id', 'thread_id', 'author_id', 'kind')),
                     sa.column('said_at', MOMENT))
    thread = sa.table('thread', sa.column('id'), sa.column('teller_id'))
    found = op.get_bind().execute(
        sa.select(thread.c.teller_id, thread.c.id, reply.c.id, reply.c.said_at)
        .join(thread, thread.c.id == reply.c.thread_id)
        .where(reply.c.kind.in_(('report', 'dissent')), thread.c.teller_id.is_not(None))
    ).all()
    rows = [
        {'id': secrets.randbits(63), 'person_id': teller, 'kind': 'report', 'thread_id': of, 'ref_id': said, 'at': at, 'seen_at': at}
        for teller, of, said, at in found
    ]
    if rows:
        op.bulk_insert(callback, rows)


def plan_needs():
    """The worker writes what is needed in the threads there are, some at a time."""
    outbox = sa.table('outbox', *(sa.column(name) for name in ('job', 'payload', 'attempts', 'crashes', 'fault')),
                      sa.column('written_at', MOMENT), sa.column('due_at', MOMENT))
    latest = op.get_bind().execute(sa.text('SELECT 1 FROM thread LIMIT 1')).first()
    if latest:
        now = sa.func.current_timestamp()
        op.execute(outbox.insert().values(job='ranking.needs', payload=json.dumps({'after': 0}), attempts=0, crashes=0,
                                          fault='', written_at=now, due_at=now))


def downgrade():
    op.drop_column('read_mark', 'is_practitioners')
    op.drop_column('thread', 'readers')
    op.drop_table('callback_letter')
    op.drop_table('callback')
    op.drop_table('snooze')
    op.drop_table('need')
