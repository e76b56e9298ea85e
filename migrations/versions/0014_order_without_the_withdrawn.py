"""the lists are read off their indexes alone: what is withdrawn stands apart in them"""

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


def upgrade():
    _index_anew(['community_id', 'is_procedure', 'is_withdrawn'])
    op.drop_index('ix_thread_order_rest', table_name='thread_order')
    op.create_index('ix_thread_order_rest', 'thread_order', ['community_id', 'is_procedure', 'is_withdrawn', 'rest_at', 'thread_id'], unique=False)


def downgrade():
    op.drop_index('ix_thread_order_rest', table_name='thread_order')
    op.create_index('ix_thread_order_rest', 'thread_order', ['rest_at', 'thread_id'], unique=False)
    _index_anew(['community_id', 'is_procedure'])


def _index_anew(before):
    for name, keys in KEYS.items():
        op.drop_index(f'ix_thread_order_{name}', table_name='thread_order')
        op.create_index(f'ix_thread_order_{name}', 'thread_order', before + keys, unique=False)
