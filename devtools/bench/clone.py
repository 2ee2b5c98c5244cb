"""Copies of one record with its rows, made by SQL: any size in seconds."""

from odoo.tools import SQL


def clone(env, record, count, children=(), **columns):
    """Copy ``record`` and its rows ``count`` times.

    :param children: ``(model, field)`` of the rows that point at the record, maybe
        followed by the SQL of columns of theirs that differ
    :param columns: SQL of columns that differ, in which ``g`` is the copy's number
    :return: the first id of the copies
    """
    env.flush_all()
    first = _reserve(env, record._table, count)
    _copy(env, record, first, count, columns)
    _copy_relations(env, record, first, count)
    for model, field, *differing in children:
        for row in env[model].sudo().search([(field, "=", record.id)]):
            start = _reserve(env, row._table, count)
            overrides = {field: f"{first} + g - 1", **dict(*differing)}
            if "fire_key" in row._fields:
                overrides["fire_key"] = f"'bench' || {start} || ',' || g"
            _copy(env, row, start, count, overrides)
            _copy_relations(env, row, start, count)
    return first


def _reserve(env, table, count):
    """Return the first of ``count`` ids that nobody else will get."""
    sequence = f"{table}_id_seq"
    rows = env.execute_query(SQL("SELECT nextval(%s)", sequence))
    first = rows[0][0]
    env.execute_query(SQL("SELECT setval(%s, %s)", sequence, first + count))
    return first


def _copy(env, row, first, count, columns):
    fields = [
        field for field in row._fields.values() if field.store and field.column_type
    ]
    names = [field.name for field in fields if field.name != "id"]
    values = [columns.get(name, f'"{name}"') for name in names]
    env.cr.execute(
        f"""INSERT INTO {row._table} (id, {", ".join(f'"{name}"' for name in names)})
            SELECT {first} + g - 1, {", ".join(values)}
              FROM {row._table}, generate_series(1, {count}) g
             WHERE {row._table}.id = {row.id}"""
    )


def _copy_relations(env, row, first, count):
    for field in row._fields.values():
        if field.type == "many2many" and field.store and field.relation:
            env.cr.execute(
                f"""INSERT INTO {field.relation} ({field.column1}, {field.column2})
                    SELECT {first} + g - 1, {field.column2}
                      FROM {field.relation}, generate_series(1, {count}) g
                     WHERE {field.column1} = {row.id}"""
            )
