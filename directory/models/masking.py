"""What the trigger of closed records lets through: the masking of people, and the erasure of a record.

As far as SQL can tell: that a text lost the name of the person, rather than other words, is for who wrote it to know.
"""

from .answer import Unfreezing

Purpose = Unfreezing.Purpose

# What stands in the place of a name in a text, and what a masked line is called.
RETIRED = "co-entrepreneur retiré"
RETIRED_LINE = RETIRED[:1].upper() + RETIRED[1:]
# What names no member, by what it says: never masked.
OF_NOBODY = (
    "format", "closed_at", "rules", "cooperative", "reason", "order", "seed", "version", "made_at", "place"
)  # fmt: skip


def _listed(values):
    return ", ".join(f"'{value}'" for value in values)


def _members(side, kind, none, each):
    return f"{each}(CASE jsonb_typeof(walk.{side}) WHEN '{kind}' THEN walk.{side} ELSE '{none}' END)"


# A text whose every piece stood in the former one, in order, around what was taken out.
_REWORDED = rf"""
    (before #>> '{{}}') LIKE
    replace(replace(replace(replace(after #>> '{{}}', '\', '\\'), '%', '\%'), '_', '\_'), '{RETIRED}', '%')
"""
# Each place where the former data and the new ones differ, with the key that it stands under, and whether it is in a
# line that is being masked.
_WALK = f"""
    WITH RECURSIVE walk(key, before, after, is_of_line) AS (
        SELECT NULL::text, OLD.data, NEW.data, false
        UNION ALL
        SELECT coalesce(child.key, walk.key), child.before, child.after,
            coalesce(jsonb_typeof(walk.before -> 'fiche') = 'number' AND walk.after -> 'fiche' = 'null', false)
        FROM walk CROSS JOIN LATERAL (
            SELECT coalesce(former.key, fresh.key), former.value, fresh.value
            FROM {_members("before", "object", "{}", "jsonb_each")} AS former
            FULL JOIN {_members("after", "object", "{}", "jsonb_each")} AS fresh ON former.key = fresh.key
            UNION ALL
            SELECT NULL, former.value, fresh.value
            FROM {_members("before", "array", "[]", "jsonb_array_elements")} WITH ORDINALITY AS former(value, place)
            FULL JOIN {_members("after", "array", "[]", "jsonb_array_elements")} WITH ORDINALITY AS fresh(value, place)
            ON former.place = fresh.place
        ) AS child(key, before, after)
        WHERE walk.before IS DISTINCT FROM walk.after AND NOT (walk.is_of_line AND walk.after = '[]')
    )
"""
_IS_MASKED = f"""
    CASE
        WHEN before IS NULL OR after IS NULL OR key IN ({_listed(OF_NOBODY)}) THEN false
        WHEN is_of_line AND key = 'fiche' THEN after = 'null'
        WHEN is_of_line AND key = 'name' THEN after = '"{RETIRED_LINE}"'
        WHEN is_of_line AND key <> 'note' THEN after IN ('""', '[]', '0', 'false')
        WHEN jsonb_typeof(before) IN ('object', 'array') THEN jsonb_typeof(before) = jsonb_typeof(after)
        WHEN jsonb_typeof(before) <> 'string' OR jsonb_typeof(after) <> 'string' THEN false
        WHEN key IN ('salt', 'address') AND after = '""' THEN true
        ELSE {_REWORDED}
    END
"""
# Conditions of what is refused, by operation.
REFUSED = [
    f"TG_OP = 'DELETE' AND split_part(opened_by, ':', 1) NOT IN ({_listed([Purpose.PURGE, Purpose.BUYER])})",
    f"TG_OP = 'UPDATE' AND split_part(opened_by, ':', 1) NOT IN ({_listed([Purpose.ERASURE, Purpose.RETIRING])})",
    "TG_OP = 'UPDATE' AND NEW.data = OLD.data AND NEW.pdf IS DISTINCT FROM OLD.pdf",
    # Whom it names is read off what it says.
    """TG_OP = 'UPDATE' AND NEW.fiches IS DISTINCT FROM ARRAY(
            SELECT former.pk FROM unnest(OLD.fiches) WITH ORDINALITY AS former(pk, place)
            WHERE jsonb_path_exists(NEW.data, '$.**.fiche?(@ == $pk)', jsonb_build_object('pk', former.pk))
            ORDER BY former.place
        )""",
    f"""TG_OP = 'UPDATE' AND EXISTS ({_WALK}
        SELECT FROM walk WHERE before IS DISTINCT FROM after AND NOT coalesce({_IS_MASKED}, false))""",
]
