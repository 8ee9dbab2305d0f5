/** A template as Meta lists it → the neutral definition. (WhatsApp: templates) */
import { z } from 'zod';
import type {
  TemplateButton,
  TemplateComponents,
  TemplateHeader,
} from '../../../workflows/domain/template-definition.ts';
import type { NetworkTemplate } from '../channel.ts';
import { lenient, textual } from './schema.ts';

const texts = lenient(z.array(z.string()));

/** By its kind a component has some of these; what is of another type counts as absent. */
const componentSchema = z.object({
  type: z.string().transform((type) => type.toUpperCase()),
  format: lenient(z.string().transform((format) => format.toUpperCase())),
  text: lenient(z.string()),
  buttons: lenient(z.array(z.unknown())),
  example: lenient(
    z.object({
      header_text: texts,
      header_handle: texts,
      header_text_named_params: lenient(z.array(z.object({ param_name: z.string(), example: z.string() }))),
      body_text: lenient(z.union([z.array(z.array(z.string())), z.array(z.string()).transform((row) => [row])])),
      body_text_named_params: lenient(z.array(z.object({ param_name: z.string(), example: z.string() }))),
    }),
  ),
});
type Component = z.infer<typeof componentSchema>;

const buttonSchema = z.object({
  type: z.string().transform((type) => type.toUpperCase()),
  text: z.string().catch(''),
  url: lenient(z.string()),
  example: lenient(z.union([z.string(), z.array(z.string()).transform((list) => list[0])])),
});

const templateSchema = z.object({
  id: textual,
  name: z.string().min(1),
  language: z.string().min(1),
  status: z.string().min(1),
  category: z.string().min(1),
  parameter_format: lenient(z.string()),
  components: z.array(z.unknown()).catch([]),
  quality_score: lenient(z.object({ score: lenient(z.string()) })),
  rejected_reason: lenient(z.string()),
});

/** Undefined: it lacks what every template has. Components and buttons of an unknown kind are kept by their name. */
export function toTemplate(item: unknown): NetworkTemplate | undefined {
  const parsed = templateSchema.safeParse(item);
  if (!parsed.success) return undefined;
  const {
    id,
    name,
    language,
    status,
    category,
    parameter_format: format,
    quality_score,
    rejected_reason,
  } = parsed.data;
  const components = componentsOf(parsed.data.components);
  const quality = known(quality_score?.score);
  const statusReason = known(rejected_reason);
  return {
    id,
    name,
    language,
    status: status.toLowerCase(),
    category: category.toLowerCase(),
    parameterFormat: isNamed(format, components) ? 'named' : 'positional',
    components,
    ...(quality === undefined ? {} : { quality }),
    ...(statusReason === undefined ? {} : { statusReason }),
  };
}

const known = (word: string | undefined) => (word === '' || word === 'NONE' || word === 'UNKNOWN' ? undefined : word);

/** Old templates are listed without a format. */
function isNamed(format: string | undefined, { header, body }: TemplateComponents): boolean {
  if (format !== undefined) return format.toUpperCase() === 'NAMED';
  return /\{\{\s*[a-z]/i.test(body.text + (header?.format === 'text' ? header.text : ''));
}

/** Kinds that say nothing, or that need nothing when the template is sent. */
const SILENT_KINDS: ReadonlySet<string> = new Set(['HEADER', 'BODY', 'FOOTER', 'BUTTONS']);

function componentsOf(items: readonly unknown[]): TemplateComponents {
  const components = items.flatMap((item) => {
    const parsed = componentSchema.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });
  const find = (type: string) => components.find((component) => component.type === type);
  const header = headerOf(find('HEADER'));
  const body = find('BODY');
  const example = bodyExample(body);
  const footer = find('FOOTER')?.text;
  const others = components.map(({ type }) => type).filter((type) => !SILENT_KINDS.has(type));
  return {
    ...(header === undefined ? {} : { header }),
    body: { text: body?.text ?? '', ...(example === undefined ? {} : { example }) },
    ...(footer === undefined || footer === '' ? {} : { footer }),
    buttons: (find('BUTTONS')?.buttons ?? []).map(buttonOf),
    ...(others.length === 0 ? {} : { others }),
  };
}

const MEDIA = { IMAGE: 'image', VIDEO: 'video', DOCUMENT: 'document' } as const;

function headerOf(component: Component | undefined): TemplateHeader | undefined {
  if (component === undefined) return undefined;
  const { format = 'TEXT', text = '', example } = component;
  if (format === 'TEXT') {
    const value = example?.header_text_named_params?.[0]?.example ?? example?.header_text?.[0];
    return { format: 'text', text, ...(value === undefined ? {} : { example: value }) };
  }
  if (!(format in MEDIA)) return { format: 'other', name: format };
  const handle = example?.header_handle?.[0];
  return { format: MEDIA[format as keyof typeof MEDIA], ...(handle === undefined ? {} : { example: handle }) };
}

function bodyExample(component: Component | undefined): Record<string, string> | undefined {
  const { body_text: rows, body_text_named_params: named } = component?.example ?? {};
  if (named && named.length > 0) return Object.fromEntries(named.map((row) => [row.param_name, row.example]));
  const [row] = rows ?? [];
  return row && Object.fromEntries(row.map((value, index) => [String(index + 1), value]));
}

/** Kinds that take a value, and those that need none; of any other it is not known here what it needs. */
const BUTTON_TYPES: Readonly<Record<string, TemplateButton['type']>> = {
  QUICK_REPLY: 'quick-reply',
  URL: 'url',
  COPY_CODE: 'copy-code',
  PHONE_NUMBER: 'plain',
  VOICE_CALL: 'plain',
  CATALOG: 'plain',
  REQUEST_CONTACT_INFO: 'plain',
};

function buttonOf(item: unknown): TemplateButton {
  const parsed = buttonSchema.safeParse(item);
  if (!parsed.success) return { type: 'other', name: 'UNKNOWN', text: '' };
  const { type: name, text, url, example } = parsed.data;
  return {
    type: BUTTON_TYPES[name] ?? 'other',
    name,
    text,
    ...(url === undefined ? {} : { url }),
    ...(example === undefined ? {} : { example }),
  };
}
