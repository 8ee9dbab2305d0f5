import { describe, expect, it } from '@jest/globals';
import { PROVIDER_KINDS } from '../../workflows/domain/message.ts';
import { listSourceFiles, type SourceFile } from '../support/source-files.ts';

/** Where no file may ask which provider it is: that is what traits are for. */
const ROOMS = /^(?:workflows|activities|db|api)\//;
/** Where providers are named: their own folders, the lists of them, and the routes that are called after them. */
const NAMED = [
  /^activities\/channels\//,
  /^workflows\/domain\/(?:message|providers)\.ts$/,
  /^db\/migrations\//,
  /^api\/routes\/(?:meta|dialog360)-webhooks\.ts$/,
];

/** Every place where a provider's name stands as a whole literal or as the name of a property. */
function namesIn(files: readonly SourceFile[]): string[] {
  const names = PROVIDER_KINDS.join('|');
  const literal = new RegExp(`(['"\`])(?:${names})\\1|^\\s*(?:${names}):`, 'm');
  return files
    .filter(({ path }) => ROOMS.test(path) && !NAMED.some((place) => place.test(path)))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => (literal.test(line) ? [`${path}:${index + 1}`] : [])),
    );
}

describe('names of providers', () => {
  it('stand where providers are at home, and nowhere else', () => {
    expect(namesIn(listSourceFiles())).toEqual([]);
  });

  it('would be found', () => {
    const text =
      "if (provider === 'dialog360') return;\nconst kinds = {\n  dialog360: 1,\n};\nimport './dialog360-x.ts';\n";
    const planted = (path: string) => ({ path, text });
    expect(namesIn([planted('db/planted.ts'), planted('activities/channels/planted.ts')])).toEqual([
      'db/planted.ts:1',
      'db/planted.ts:3',
    ]);
  });
});
