import { GraphError } from '../errors.ts';
import { type Fields, fieldsOf, invalid, missing, optionalText, type ReadPart } from './types.ts';

const mostContacts = 257;

/** A place. @throws GraphError */
export function readLocation(part: Fields): ReadPart {
  readCoordinate(part, 'latitude', 90);
  readCoordinate(part, 'longitude', 180);
  const name = optionalText(part, 'location', 'name');
  const address = optionalText(part, 'location', 'address');
  return { text: [name, address].filter((line) => line !== undefined && line !== '').join(', ') };
}

function readCoordinate(part: Fields, name: string, most: number): void {
  const value = part[name];
  if (value === undefined || value === null || value === '') throw missing(`location['${name}']`);
  const degrees = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  if (!(Math.abs(degrees) <= most)) {
    throw new GraphError(131009, { details: `location['${name}'] must be a number from -${most} to ${most}.` });
  }
}

const cardParts = ['addresses', 'birthday', 'emails', 'name', 'org', 'phones', 'urls', 'vcard'];

/** Cards with at least a name each. @throws GraphError */
export function readContacts(given: unknown): ReadPart {
  if (!Array.isArray(given)) throw invalid('contacts', 'must be an array');
  if (given.length === 0 || given.length > mostContacts) {
    throw new GraphError(131009, { details: `Invalid contacts count. Min allowed: 1, Max allowed: ${mostContacts}` });
  }
  const names = given.map((card, index) => readCard(fieldsOf(`contacts[${index}]`, card), `contacts[${index}]`));
  return { text: names.join(', ') };
}

function readCard(card: Fields, path: string): string {
  const unknown = Object.keys(card).find((key) => !cardParts.includes(key));
  if (unknown !== undefined) throw invalid(path, `has the unexpected key "${unknown}"`);
  if (card.name === undefined) throw missing(`${path}['name']`);
  const { formatted_name: formatted } = fieldsOf(`${path}['name']`, card.name);
  if (typeof formatted !== 'string' || formatted === '') throw missing(`${path}['name']['formatted_name']`);
  for (const list of ['phones', 'emails', 'addresses', 'urls']) {
    if (card[list] !== undefined && !Array.isArray(card[list])) throw invalid(`${path}['${list}']`, 'must be an array');
  }
  if (card.birthday !== undefined && !/^\d{4}-\d\d-\d\d$/.test(String(card.birthday))) {
    throw invalid(`${path}['birthday']`, 'must be a date like YYYY-MM-DD');
  }
  return formatted;
}
