import { isFields } from '../messages/types.ts';

const isExample = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** Whether there is not one example for each position. */
export const missesPositional = (values: unknown, count: number): boolean =>
  !(Array.isArray(values) && values.length === count && values.every(isExample));

/** Whether a name has no example: `[{ param_name, example }]`. */
export function missesNamed(values: unknown, names: readonly string[]): boolean {
  const given = Array.isArray(values) ? values.filter(isFields) : [];
  return names.some((name) => !given.some((one) => one.param_name === name && isExample(one.example)));
}
