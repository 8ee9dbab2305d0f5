/**
 * Everything that the network would refuse of a template, found before anything leaves, and the words that its recipient
 * will read. (WhatsApp: templates in a send; sizes)
 */
import type { Template, TemplateButtonValue, TemplateMedia, TemplateParameters } from './message-content.ts';
import { checkButtons } from './template-buttons.ts';
import type { TemplateDefinition, TemplateHeader } from './template-definition.ts';
import { type Sentence, type TemplateProblem, templateProblem } from './template-problem.ts';
import { type CheckedText, checkText } from './template-values.ts';

/** As callers write them; of a media header `{ link, name? }`, of buttons one value for each that takes one. */
export type GivenParameters = {
  body?: TemplateParameters | undefined;
  header?: TemplateParameters | undefined;
  buttons?: readonly string[] | undefined;
};

export type CheckedTemplate = {
  template: Template;
  /** Header, body, footer and buttons as the recipient sees them. */
  preview: string;
};

const LONGEST_BODY = 1_024;
const LONGEST_HEADER = 60;

/** Of an approved template: whether it may be sent at all is `whyNotSendable`. */
export function checkTemplate(
  definition: TemplateDefinition,
  given: GivenParameters,
): CheckedTemplate | { problems: TemplateProblem[] } {
  const { name, language, components, parameterFormat: format } = definition;
  const header = checkHeader(components.header, format, given.header);
  const body = checkText({ name: 'body', text: components.body.text, format, longest: LONGEST_BODY }, given.body);
  const buttons = checkButtons(components.buttons, given.buttons);
  const problems = [
    ...unknownParts(components.others ?? []),
    ...header.problems,
    ...body.problems,
    ...buttons.problems,
  ];
  if (problems.length > 0) return { problems };
  const parameters = givenOnly(body, header, buttons.values);
  const lines = [header.text, body.text, components.footer, ...buttons.lines];
  return {
    template: { name, language, ...(Object.keys(parameters).length === 0 ? {} : { parameters }) },
    preview: lines.filter(Boolean).join('\n'),
  };
}

type CheckedHeader = CheckedText & { media?: TemplateMedia | undefined };

function givenOnly(
  body: CheckedText,
  header: CheckedHeader,
  buttons: readonly TemplateButtonValue[],
): NonNullable<Template['parameters']> {
  return {
    ...(body.parameters === undefined ? {} : { body: body.parameters }),
    ...(header.parameters === undefined ? {} : { header: header.parameters }),
    ...(header.media === undefined ? {} : { headerMedia: header.media }),
    ...(buttons.length === 0 ? {} : { buttons }),
  };
}

function unknownParts(others: readonly string[]): TemplateProblem[] {
  return others.map((kind) =>
    templateProblem(
      { path: 'name', field: 'template' },
      {
        en: [`This template has a part that Parley does not send yet: ${kind}`, 'Choose another template'],
        ru: [`В шаблоне есть часть, которую Parley пока не отправляет: ${kind}`, 'Выберите другой шаблон'],
      },
    ),
  );
}

function checkHeader(
  header: TemplateHeader | undefined,
  format: TemplateDefinition['parameterFormat'],
  given: TemplateParameters | undefined,
): CheckedHeader {
  if (header === undefined) return checkText({ name: 'header', text: '', format: 'named', longest: 0 }, given);
  if (header.format === 'text') {
    return checkText({ name: 'header', text: header.text, format, longest: LONGEST_HEADER }, given);
  }
  if (header.format === 'other') return { text: '', problems: unknownParts([`header ${header.name}`]) };
  return checkMedia(header.format, given);
}

const MEDIA_WORDS = {
  image: { en: 'a picture', ru: 'картинка' },
  video: { en: 'a video', ru: 'видео' },
  document: { en: 'a document', ru: 'документ' },
} as const;
const WEB_ADDRESS = /^https:\/\/[^\s/?#@]+\.[^\s/?#@]+(?:[/?#]\S*)?$/i;
const LONGEST_LINK = 2_000;
const FILE_NAME = /^[^\p{Cc}/\\\u202a-\u202e\u2066-\u2069]{1,240}$/u;

/** The network fetches it from the link when the message is sent. */
function checkMedia(media: TemplateMedia['media'], given: TemplateParameters = {}): CheckedHeader {
  const refuse = (key: string, problem: { en: Sentence; ru: Sentence; form?: Sentence }): CheckedHeader => {
    const place = { path: `parameters.header${key}`, field: `header${key || '.link'}` };
    return { text: '', problems: [templateProblem(place, problem)] };
  };
  if (Array.isArray(given)) return refuse('', wantsFile(media));
  const { link, name, ...others } = given as Readonly<Record<string, string>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return refuse(`.${unknown}`, wantsFile(media));
  if (link === undefined) return refuse('', wantsFile(media));
  if (!WEB_ADDRESS.test(link) || link.length > LONGEST_LINK) return refuse('.link', NO_ADDRESS);
  if (name !== undefined && media !== 'document') return refuse('.name', NAMELESS);
  if (name !== undefined && (!FILE_NAME.test(name) || name.trim() === '' || !name.isWellFormed())) {
    return refuse('.name', NO_FILE_NAME);
  }
  return { text: '', media: { media, link, ...(name === undefined ? {} : { name }) }, problems: [] };
}

const GIVE_LINK = {
  en: 'Give {"link": "https://…"}, which WhatsApp fetches the file from',
  form: 'Give in header.link the address that WhatsApp fetches it from, beginning with https://',
  ru: 'Укажите в header.link адрес, начинающийся с https://, откуда WhatsApp скачает файл',
} as const;

function wantsFile(media: TemplateMedia['media']) {
  const { en, ru } = MEDIA_WORDS[media];
  const message = `The header of this template is ${en}`;
  return {
    en: [message, GIVE_LINK.en],
    form: [message, GIVE_LINK.form],
    ru: [`Заголовок этого шаблона — ${ru}`, GIVE_LINK.ru],
  } as const;
}

const NO_ADDRESS = {
  en: ['This is not an address that begins with https://', GIVE_LINK.en],
  form: ['This is not an address that begins with https://', GIVE_LINK.form],
  ru: ['Это не адрес, начинающийся с https://', GIVE_LINK.ru],
} as const;
const NAMELESS = {
  en: ['Only a document has a name', 'Leave it out'],
  ru: ['Имя бывает только у документа', 'Не передавайте его'],
} as const;
const NO_FILE_NAME = {
  en: ['This cannot be the name of a file', 'Use up to 240 letters, without "/"'],
  ru: ['Так файл называться не может', 'До 240 символов, без «/»'],
} as const;
