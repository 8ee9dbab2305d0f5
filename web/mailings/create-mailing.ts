import { fetchApi, type Schemas } from '../api/client.ts';

export type WantedMailing = {
  name: string;
  connectionId: string;
  template?: Schemas['Template'] | undefined;
  text?: string | undefined;
  file?: File | undefined;
  rate: number | undefined;
  /** As the browser's field has it, in its own time zone; empty: at once. */
  startAt: string;
  skipBadLines: boolean;
};

/** By what is wanted: each change of the form makes another object. */
const keys = new WeakMap<WantedMailing, string>();

/** The same for every try of one form as it stands, so that a repeat after a lost answer makes no second mailing. */
function keyOf(wanted: WantedMailing): string {
  const key = keys.get(wanted) ?? crypto.getRandomValues(new Uint32Array(4)).join('-');
  keys.set(wanted, key);
  return key;
}

/** Uploads the list with the mailing. */
export async function createMailing(wanted: WantedMailing): Promise<Schemas['Mailing']> {
  const { file, template, text, name, rate, startAt, connectionId, skipBadLines } = wanted;
  const mailing = {
    connectionId,
    skipBadLines,
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    ...(template ? { template: { name: template.name, language: template.language } } : { text }),
    ...(rate === undefined ? {} : { rate }),
    ...(startAt === '' ? {} : { startAt: new Date(startAt).toISOString() }),
  };
  const form = new FormData();
  form.set('mailing', JSON.stringify(mailing));
  form.set('recipients', file as File);
  const { data, error } = await fetchApi.POST('/v1/mailings', {
    headers: { 'Idempotency-Key': keyOf(wanted) },
    body: form as never,
    bodySerializer: (body) => body as unknown as FormData,
  });
  // What a proxy answers in the api's place may be empty.
  if (data === undefined) throw error || new Error('no answer of the api');
  return data;
}
