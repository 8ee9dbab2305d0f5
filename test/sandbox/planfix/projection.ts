import type { Account, CustomField } from './model.ts';

/** What a field name reads as; undefined leaves the key out. */
export type Readers<Entity> = Record<string, (entity: Entity, account: Account) => unknown>;

type Fields = { names: string[]; custom: number[] };

const parsed = new Map<string, Fields>();
const onlyId: Fields = { names: ['id'], custom: [] };

/** Reads a comma-delimited list of names and custom field numbers; nothing given means `id` alone. */
function parseFields(text: unknown): Fields {
  if (typeof text !== 'string' || text.trim() === '') return onlyId;
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const words = text.split(',').map((word) => word.trim());
  const fields = {
    names: words.filter((word) => !/^\d+$/.test(word)),
    custom: words.filter((word) => /^\d+$/.test(word)).map(Number),
  };
  if (parsed.size > 1_000) parsed.clear();
  parsed.set(text, fields);
  return fields;
}

/**
 * Exactly the fields asked for and nothing more; unknown names are ignored. Custom fields are asked for by number and
 * come in `customFieldData`, which is no field name itself (Planfix REST: "without fields you get only id").
 */
export function project<Entity>(
  account: Account,
  entity: Entity,
  fields: unknown,
  readers: Readers<Entity>,
  readCustom?: (field: CustomField) => unknown,
): Record<string, unknown> {
  const { names, custom } = parseFields(fields);
  const result: Record<string, unknown> = {};
  for (const name of names) {
    const value = Object.hasOwn(readers, name) ? readers[name]?.(entity, account) : undefined;
    if (value !== undefined) result[name] = value;
  }
  if (custom.length > 0 && readCustom !== undefined) {
    result.customFieldData = custom.flatMap((id) => {
      const field = account.customFields.get(id);
      const value = field === undefined ? undefined : readCustom(field);
      return value === undefined ? [] : [{ field, value, stringValue: value === null ? '' : String(value) }];
    });
  }
  return result;
}
