import { createCustomers, listCustomers } from '../control/client.ts';

const firstNames = ['Anna', 'Ben', 'Clara', 'David', 'Elena', 'Felix', 'Greta', 'Hugo', 'Irina', 'Jonas'];
/** Two hundred people have names of their own. */
const lastNames = [
  'Adler',
  'Brandt',
  'Conrad',
  'Dietz',
  'Ebert',
  'Fuchs',
  'Graf',
  'Haas',
  'Jung',
  'Keller',
  'Lang',
  'Maurer',
  'Nolte',
  'Otto',
  'Peters',
  'Roth',
  'Sommer',
  'Thiel',
  'Vogt',
  'Weber',
];

/** Made-up people have numbers of their own range, so that they are found again. */
const firstPhone = 4_915_155_500_000;
const range = 9_999;

export type Person = { name: string; phone: string };

const isMadeUp = ({ phone = '' }: { phone?: string }): boolean =>
  Number(phone) >= firstPhone && Number(phone) <= firstPhone + range;

/** That many people who are in the sandbox and can be written to; those who are missing are made up. */
export async function findOrMakeUp(count: number): Promise<Person[]> {
  const known = (await listCustomers()).flatMap(({ name, phone }) =>
    phone !== undefined && isMadeUp({ phone }) ? [{ name, phone }] : [],
  );
  const taken = new Set(known.map(({ phone }) => phone));
  const missing: Person[] = [];
  for (let index = 0; known.length + missing.length < count && index <= range; index += 1) {
    const phone = String(firstPhone + index);
    if (!taken.has(phone)) missing.push({ name: nameOf(index), phone });
  }
  if (missing.length > 0) await createCustomers(missing);
  return [...known, ...missing].slice(0, count);
}

const nameOf = (index: number): string =>
  `${firstNames[index % firstNames.length]} ${lastNames[Math.floor(index / firstNames.length) % lastNames.length]}`;
