"""the lists are read off their indexes alone: what is withdrawn stands apart in them, what has ended is marked"""

from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

KEYS = {
    'living': ['r', 'thread_id'],
    'endorsed': ['e', 'k', 'thread_id'],
    'new': ['told_at', 'thread_id'],
}
MARKED = ('living', 'endorsed')
APART = ['community_id', 'is_procedure', 'is_withdrawn']


def upgrade():
    for name, keys in KEYS.items():
        _index_anew(name, APART + keys + (['ended_as'] if name in MARKED else []))
    _index_anew('rest', [*APART, 'rest_at', 'thread_id', 'ended_as'])


def downgrade():
    _index_anew('rest', ['rest_at', 'thread_id'])
    for name, keys in KEYS.items():
        _index_anew(name, ['community_id', 'is_procedure'] + keys)


def _index_anew(name, columns):
    op.drop_index(f'ix_thread_order_{name}', table_name='thread_order')
    op.create_index(f'ix_thread_order_{name}', 'thread_order', columns, unique=False)
