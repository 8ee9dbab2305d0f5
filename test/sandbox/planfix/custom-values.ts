import { PlanfixFailure } from './failure.ts';
import type { Account, CustomField } from './model.ts';
import { list } from './people.ts';

export type CustomValue = { fieldId: number; value: unknown };

/**
 * Reads `customFieldData`. A field that does not exist, or whose values the settings refuse, is refused aloud; one that
 * exists and is not attached to the template is dropped without a word (Planfix REST: "success has four shapes").
 */
export function parseCustomValues(
  account: Account,
  value: unknown,
  objectType: CustomField['objectType'],
  attached: number[],
): CustomValue[] {
  return list(value).flatMap((item) => {
    const { field, value: content } = (typeof item === 'object' && item !== null ? item : {}) as Record<
      string,
      unknown
    >;
    const fieldId = Number((field as { id?: unknown } | undefined)?.id);
    const known = account.customFields.get(fieldId);
    if (known === undefined || known.objectType !== objectType) {
      throw new PlanfixFailure(400, 41, `Custom field not found by id - ${fieldId}`);
    }
    if (account.settings.refusedCustomFields.includes(fieldId)) {
      throw new PlanfixFailure(400, 41, `Wrong value of custom field by id - ${fieldId}`);
    }
    return attached.includes(fieldId) ? [{ fieldId, value: content }] : [];
  });
}

/** Throws a PlanfixFailure (400) if a field that the settings require is attached and stays empty. */
export function checkRequired(account: Account, attached: number[], values: CustomValue[]): void {
  for (const id of account.settings.requiredCustomFields) {
    const filled = values.some((item) => item.fieldId === id && item.value !== '' && item.value != null);
    if (attached.includes(id) && !filled) throw new PlanfixFailure(400, 40, `custom_field_is_required, id ${id}`);
  }
}

/** The value as a read shows it: null while an attached field is empty, undefined if it is not attached. */
export function readCustomValue(values: Map<number, unknown>, attached: number[], field: CustomField): unknown {
  if (!attached.includes(field.id)) return undefined;
  return values.get(field.id) ?? null;
}
