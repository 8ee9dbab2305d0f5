import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type RecipientLine, readRecipientsFile } from '../../../api/routes/mailing-csv.ts';

async function read(file: Buffer | string): Promise<RecipientLine[]> {
  const lines: RecipientLine[] = [];
  for await (const line of readRecipientsFile(Buffer.from(file))) lines.push(line);
  return lines;
}

const refusal = (file: Buffer | string) =>
  read(file).then(
    () => undefined,
    (error: { statusCode?: number; errors?: { message: string }[]; message: string }) => ({
      status: error.statusCode,
      messages: error.errors?.map(({ message }) => message).join('; '),
    }),
  );

/** As old Windows writes Russian. */
const cp1251 = (text: string) =>
  Buffer.from(
    [...text].map((letter) => {
      const code = letter.codePointAt(0) as number;
      return code >= 0x410 && code <= 0x44f ? code - 0x350 : code;
    }),
  );

const ANNA = { line: 2, recipient: '+4915112345678', name: 'Анна', parameters: undefined };

describe('a file of recipients', () => {
  it.each([
    ['UTF-8', Buffer.from('to,name\n+4915112345678,Анна')],
    ['UTF-8 with a mark of order', Buffer.from('\ufeffto,name\r\n+4915112345678,Анна\r\n')],
    ['CP1251', cp1251('to;name\r\n+4915112345678;Анна')],
    ['UTF-16 as spreadsheets write it', Buffer.from('\ufeffto\tname\r\n+4915112345678\tАнна\r\n', 'utf16le')],
    ['semicolons, "phone" and a hint for spreadsheets', Buffer.from('phone;name\n+4915112345678;Анна')],
    ['quoted cells', Buffer.from('"to","name"\n"+4915112345678","Анна"')],
    ['a phone that is kept by a formula', Buffer.from('to,name\n="+4915112345678",Анна')],
    ['the same, quoted', Buffer.from('to,name\n"=""+4915112345678""",Анна')],
    ['columns without a name', Buffer.from('to,name,\n+4915112345678,Анна,')],
  ])('is read: %s', async (_what, file) => {
    expect(await read(file)).toEqual([ANNA]);
  });

  it('brings parameters by position and by name, and what a cell quotes', async () => {
    const file = 'to,body.1,body.2,header.link,button.1\n+1,"a, ""b""",,https://x.example/1.pdf,code';
    expect(await read(file)).toEqual([
      {
        line: 2,
        recipient: '+1',
        name: undefined,
        parameters: { body: { 1: 'a, "b"' }, header: { link: 'https://x.example/1.pdf' }, buttons: { 1: 'code' } },
      },
    ]);
    expect((await read('to,body.order_no\n+1,A-17'))[0]?.parameters).toEqual({ body: { order_no: 'A-17' } });
  });

  it('counts lines as a spreadsheet shows them: empty ones, and cells of several lines', async () => {
    const lines = await read('to,body.1\n\n+1,"two\nlines"\n,\n+2,x\n');
    expect(lines.map(({ line, recipient }) => [line, recipient])).toEqual([
      [3, '+1'],
      [5, '+2'],
    ]);
  });

  it('may have a bad line in the middle, which does not spoil the others', async () => {
    const lines = await read('to,name\n+1,a\n=CMD(),b\n+3,=1+1\n+4,d,e\n+5,f');
    expect(lines.map(({ problem }) => problem?.message)).toEqual([
      undefined,
      'The cell holds a formula',
      'The cell holds a formula',
      'The line has more cells than the header',
      undefined,
    ]);
    expect(lines[1]?.problem?.path).toBe('to');
    expect(lines[2]?.problem?.path).toBe('name');
  });

  it.each([
    ['empty', '', /empty/],
    ['of blank lines', '\n\n , \n', /empty/],
    ['without a header', '+4915112345678,Anna\n', /no column "to"/],
    ['with an unknown column', 'to,colour\n+1,red', /"colour" is not known/],
    ['with a column twice', 'to,phone\n+1,+2', /"to" twice/],
    ['with a quotation mark that is never closed', `to,name\n+1,"${'x'.repeat(70_000)}`, /cannot be read after line 1/],
    ['that is a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 1]), /no column "to"/],
  ])('%s is refused with its reason', async (_what, file, reason) => {
    const refused = await refusal(file);
    expect(refused?.status).toBe(422);
    expect(refused?.messages).toMatch(reason);
  });

  it('comes back as it was written, whatever the cells hold', async () => {
    const cell = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .map((text) =>
        text
          .replace(/[\0\ufeff]/g, 'x')
          .trim()
          .replace(/^=/, 'x'),
      )
      .filter((text) => text.trim() === text && text !== '' && text.isWellFormed());
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 });
    const delimiter = fc.constantFrom(',', ';', '\t');
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(rows, delimiter, async (written, separator) => {
        const file = [['to', 'body.1'], ...written].map((row) => row.map(quote).join(separator)).join('\r\n');
        const lines = await read(file);
        expect(lines.map(({ recipient, parameters }) => [recipient, parameters?.body?.['1']])).toEqual(written);
      }),
      { numRuns: 200 },
    );
  });
});
