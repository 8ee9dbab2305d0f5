import { describe, expect, it } from '@jest/globals';
import { en } from '../../../web/texts/en/index.ts';
import { ru } from '../../../web/texts/ru/index.ts';

type Words = { [key: string]: string | Words };

const PLURAL = /_(?:zero|one|two|few|many|other)$/;
const RUSSIAN_FORMS = ['one', 'few', 'many', 'other'];

/** `area.key` → words; plural forms keep their suffix. */
function flatten(words: Words, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === 'string' ? [[`${prefix}${key}`, value] as const] : [...flatten(value, `${prefix}${key}.`)],
    ),
  );
}

const stem = (key: string) => key.replace(PLURAL, '');
const stems = (words: Map<string, string>) => [...new Set([...words.keys()].map(stem))].sort();
const placeholders = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g) ?? [])].sort();

function compare(english: Words, russian: Words): string[] {
  const [one, other] = [flatten(english), flatten(russian)];
  const faults: string[] = [];
  for (const key of stems(one)) if (!stems(other).includes(key)) faults.push(`${key} is missing in Russian`);
  for (const key of stems(other)) if (!stems(one).includes(key)) faults.push(`${key} is missing in English`);
  for (const [key, text] of one) {
    if (text.trim() === '') faults.push(`${key} is empty`);
    if (PLURAL.test(key)) {
      const missing = RUSSIAN_FORMS.filter((form) => !other.has(`${stem(key)}_${form}`));
      if (missing.length > 0) faults.push(`${stem(key)} lacks ${missing.join(', ')}`);
      continue;
    }
    const translated = other.get(key);
    if (translated !== undefined && String(placeholders(text)) !== String(placeholders(translated)))
      faults.push(`${key} has other placeholders`);
  }
  return faults;
}

describe('the words of the console', () => {
  it('are there in both languages, with the same placeholders', () => {
    expect(compare(en, ru)).toEqual([]);
  });

  it('would be missed', () => {
    const english = { area: { kept: 'a {{b}}', lost: 'c', files_one: '1', files_other: '{{count}}' } };
    const russian = { area: { kept: 'а', files_one: '1', files_other: '{{count}}' } };
    expect(compare(english, russian)).toEqual([
      'area.lost is missing in Russian',
      'area.kept has other placeholders',
      'area.files lacks few, many',
      'area.files lacks few, many',
    ]);
  });
});
