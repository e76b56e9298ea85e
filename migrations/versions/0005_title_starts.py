"""where titles begin, to be offered while somebody types"""

import re
import unicodedata

from alembic import op
import sqlalchemy as sa


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

BATCH = 500
LONGEST, MOST = 80, 12


def upgrade():
    number = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    by_bytes = sa.String(length=LONGEST).with_variant(sa.String(length=LONGEST, collation='C'), 'postgresql')
    table = op.create_table('title_start',
    sa.Column('thread_id', number, autoincrement=False, nullable=False),
    sa.Column('word', number, autoincrement=False, nullable=False),
    sa.Column('start', by_bytes, nullable=False),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_title_start_thread_id_thread'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('thread_id', 'word', name=op.f('pk_title_start'))
    )
    fill(table)
    op.create_index('ix_title_start_start', 'title_start', ['start', 'thread_id', 'word'])


def fill(table):
    """Threads told before: as cop.search.titles folds them, near enough until they are indexed again."""
    thread = sa.table('thread', sa.column('id'), sa.column('title'))
    latest = -2**63
    while True:
        query = sa.select(thread.c.id, thread.c.title).where(thread.c.id > latest).order_by(thread.c.id).limit(BATCH)
        rows = op.get_bind().execute(query).all()
        starts = [{'thread_id': row.id, 'word': n, 'start': start} for row in rows for n, start in starts_of(row.title)]
        if starts:
            op.bulk_insert(table, starts)
        if len(rows) < BATCH:
            return
        latest = rows[-1].id


def starts_of(title):
    plain = re.sub('[\u0300-\u036f]', '', unicodedata.normalize('NFD', title.casefold()))
    words = [re.sub("['’]", '', re.sub("['’]s$", '', w)) for w in re.findall(r"[^\W_]+(?:['’][^\W_]+)*", plain)]
    return [(n, unicodedata.normalize('NFC', ' '.join(words[n:]))[:LONGEST]) for n in range(len(words))][:MOST]


def downgrade():
    op.drop_table('title_start')
