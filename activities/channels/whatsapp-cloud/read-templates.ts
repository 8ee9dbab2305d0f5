/** All templates of a business account, page by page. (WhatsApp: templates) */
import type { HttpResponse, NetworkTemplate } from '../channel.ts';
import { unreadableSuccess } from '../whatsapp/answer-errors.ts';
import { parseAnswer } from '../whatsapp/answers.ts';
import { toTemplate } from '../whatsapp/read-template.ts';
import { templateListSchema } from './schema.ts';

const TEMPLATE_FIELDS = 'id,name,language,status,category,parameter_format,components,quality_score,rejected_reason';
const PAGE_SIZE = 100;
/** Meta allows 6,000 templates to an account; beyond twice as many something is wrong with the paging. */
const MAX_PAGES = 120;

/** One that cannot be read at all is left out, as if it were not there: it cannot be sent. */
export async function readTemplates(
  read: (path: string) => Promise<HttpResponse>,
  accountId: string,
): Promise<NetworkTemplate[]> {
  const path = `/${accountId}/message_templates?fields=${TEMPLATE_FIELDS}&limit=${PAGE_SIZE}`;
  const templates: NetworkTemplate[] = [];
  let after = '';
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { data, paging } = parseAnswer(templateListSchema, await read(path + after), 'read');
    templates.push(...data.flatMap((item) => toTemplate(item) ?? []));
    const cursor = paging?.next === undefined ? undefined : paging.cursors?.after;
    if (cursor === undefined) return templates;
    after = `&after=${encodeURIComponent(cursor)}`;
  }
  throw unreadableSuccess('read');
}
