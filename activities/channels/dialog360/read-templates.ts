/** All templates of the number's account, page by page. */
import { z } from 'zod';
import type { HttpResponse, NetworkTemplate } from '../channel.ts';
import { unreadableSuccess } from '../whatsapp/answer-errors.ts';
import { parseAnswer } from '../whatsapp/answers.ts';
import { toTemplate } from '../whatsapp/read-template.ts';

const PAGE_SIZE = 500;
/** Twice the 6,000 templates that Meta allows to an account. */
const MAX_PAGES = 24;

/** Each template is read by itself, so that one of a new form does not hide the others. */
const listSchema = z.object({ waba_templates: z.array(z.unknown()), total: z.int().optional().catch(undefined) });

/** One that cannot be read at all is left out, as if it were not there: it cannot be sent. */
export async function readTemplates(read: (path: string) => Promise<HttpResponse>): Promise<NetworkTemplate[]> {
  const items: unknown[] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const path = `/v1/configs/templates?limit=${PAGE_SIZE}&offset=${items.length}`;
    const { waba_templates: found, total } = parseAnswer(listSchema, await read(path), 'read');
    items.push(...found);
    const isLast = total === undefined ? found.length < PAGE_SIZE : items.length >= total;
    if (isLast || found.length === 0) return items.flatMap((item) => toTemplate(item) ?? []);
  }
  throw unreadableSuccess('read');
}
