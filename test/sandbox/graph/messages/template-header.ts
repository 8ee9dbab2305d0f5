import type { BusinessNumber, FilledTemplate } from '../model.ts';
import type { Parts } from '../templates/components.ts';
import type { GraphWorld } from '../world.ts';
import { readLocation } from './cards.ts';
import { readMedia } from './media-part.ts';
import { type Filling, fillText, mismatch, wrongCount } from './template-values.ts';
import { type Fields, fieldsOf, invalid, optionalText, type ReadPart } from './types.ts';

const longestHeader = 60;

type FilledHeader = Pick<ReadPart, 'media' | 'failure'> & { shown: FilledTemplate['header'] };

/** The header with its value: text, a place, or a file, which has to be given with every send. @throws GraphError */
export function fillHeader(
  header: Parts['header'],
  parameters: readonly Fields[],
  filling: Filling,
  world: GraphWorld,
  number: BusinessNumber,
): FilledHeader {
  const [parameter] = parameters;
  if (header === undefined) {
    if (parameters.length > 0) throw wrongCount('header', parameters.length, 0);
    return { shown: undefined };
  }
  const { format } = header;
  if (format === 'TEXT') {
    const text = fillText('header', header.text ?? '', parameters, { ...filling, longest: longestHeader });
    return { shown: { format, text } };
  }
  const kind = format.toLowerCase();
  if (parameter?.type !== kind) throw mismatch('header', format, parameter);
  if (parameters.length > 1) throw wrongCount('header', parameters.length, 1);
  const part = fieldsOf(`template['components']['header']['${kind}']`, parameter[kind]);
  if (format === 'LOCATION') return { shown: { format, text: readLocation(part).text } };
  return fillMedia(kind as 'image' | 'video' | 'document', part, world, number);
}

/** By link, Meta fetches it; the sandbox fetches nothing and believes what is said. */
function fillMedia(
  kind: 'image' | 'video' | 'document',
  part: Fields,
  world: GraphWorld,
  number: BusinessNumber,
): FilledHeader {
  const format = kind.toUpperCase();
  const filename = optionalText(part, kind, 'filename');
  const name = filename === undefined ? {} : { filename };
  if (part.link === undefined) {
    const { media, failure } = readMedia(kind, part, world, number);
    return { media, failure, shown: { format, ...name } };
  }
  const { link } = part;
  if (part.id !== undefined) throw invalid(kind, 'takes either id or link');
  if (typeof link !== 'string' || !URL.canParse(link) || !link.startsWith('https://')) {
    throw invalid(`${kind}['link']`, 'must be a valid URI with https');
  }
  return { shown: { format, link, ...name } };
}
