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

/** Uploads the list with the mailing. Each call is a request of its own: a repeat after a lost answer is not one of ours. */
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
    body: form as never,
    bodySerializer: (body) => body as unknown as FormData,
  });
  if (error) throw error;
  return data;
}
