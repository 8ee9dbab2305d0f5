import type { Schemas } from '../api/client.ts';

export type Settings = Schemas['Connection']['settings'];
/** What the page edits. */
export type Form = Settings & { configuredBy: string };
/** A change of the form; undefined takes an optional setting away. */
export type FormPart = { [Name in keyof Form]?: Form[Name] | undefined };
export type Changes = Schemas['ConnectionChangesInput'];

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
const isEmpty = (value: unknown) => value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** Settings that are there or not, as against those that always have a value. */
const OPTIONAL: ReadonlySet<keyof Settings> = new Set([
  'contactTemplate',
  'correlationField',
  'initialStatus',
  'echoAuthor',
  'deliveryStateField',
  'marketingStopWords',
  'marketingStartWords',
  'defaultCountry',
]);

export const formOf = ({ settings, configuredBy }: Schemas['Connection']): Form => ({ ...settings, configuredBy });

/** Only what differs from what was loaded, so that somebody else's change of another setting stays. */
export function changesBetween(before: Form, after: Form): Changes {
  const { configuredBy, ...settings } = after;
  const changed: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(settings)]) as Set<keyof Settings>) {
    if ((name as string) === 'configuredBy') continue;
    const isGone = OPTIONAL.has(name) && isEmpty(settings[name]);
    const wasGone = OPTIONAL.has(name) && isEmpty(before[name]);
    if (isGone && wasGone) continue;
    if (isGone) changed[name] = null;
    else if (!isSame(settings[name], before[name])) changed[name] = settings[name];
  }
  return {
    ...(configuredBy === before.configuredBy ? {} : { configuredBy }),
    ...(Object.keys(changed).length === 0 ? {} : { settings: changed as NonNullable<Changes['settings']> }),
  };
}

/** What was saved, with what was typed since it was sent. */
export function withLaterChanges(sent: Form, now: Form, saved: Form): Form {
  const later = Object.entries(now).filter(([name, value]) => !isSame(value, sent[name as keyof Form]));
  return { ...saved, ...Object.fromEntries(later) };
}

export const isEmptyChange = (changes: Changes) => Object.keys(changes).length === 0;
