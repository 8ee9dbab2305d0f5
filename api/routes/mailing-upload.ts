import { createHash } from 'node:crypto';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { invalidField, Problem } from '../problem-details.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The file of recipients of a mailing, as it was uploaded. */
    recipientsFile: Buffer | null;
  }
}

const LARGEST_FILE_MB = 64;
const LARGEST_FIELD_BYTES = 1 << 20;
export const UPLOAD_LIMITS = {
  files: 2,
  fields: 5,
  fileSize: LARGEST_FILE_MB << 20,
  fieldSize: LARGEST_FIELD_BYTES,
};

/** What the form is made of, for the document of the API. */
export const MAILING_FORM = { json: 'mailing', file: 'recipients', fileType: 'text/csv' };

/**
 * Reads a form of a mailing and its recipients: from here on the request is what it would be in JSON, with the file
 * beside it. All of the file is read before anything is stored, because its digest tells one request from another and
 * its last byte may tell in which alphabet it is written.
 */
export async function readMailingUpload(request: FastifyRequest): Promise<void> {
  if (!request.isMultipart()) return;
  const form = await readForm(request);
  if (form.file === undefined) {
    throw invalidField('recipients', 'The form holds no file "recipients"', 'Attach the CSV file under this name');
  }
  request.body = parseMailing(form.mailing);
  request.recipientsFile = form.file;
  request.uploadDigest = createHash('sha256').update(form.file).digest();
}

/** `mailing`: text, or what was read of it already where its part says that it is JSON. */
type Form = { mailing: unknown; file: Buffer | undefined };

async function readForm(request: FastifyRequest): Promise<Form> {
  const form: Form = { mailing: undefined, file: undefined };
  try {
    for await (const part of request.parts()) {
      if (part.fieldname === 'mailing') form.mailing = part.type === 'file' ? await textOf(part) : part.value;
      else if (part.type === 'file') form.file = await readFile(part, form.file !== undefined);
      else throw invalidField(part.fieldname, 'This field is not known', 'Send the field "mailing" and the file');
    }
  } catch (error) {
    throw error instanceof Problem ? error : toProblem(error);
  }
  return form;
}

/** Programs that were made from the document of the API send JSON as a part that has a name like a file. */
const textOf = async (part: MultipartFile) => (await part.toBuffer()).toString();

async function readFile(part: MultipartFile, isSecond: boolean): Promise<Buffer> {
  if (part.fieldname === 'recipients' && !isSecond) return part.toBuffer();
  const remedy = 'Send the field "mailing" with JSON and the file "recipients" with CSV';
  throw invalidField(part.fieldname, 'There is one file, "recipients"', remedy);
}

function toProblem(error: unknown): Problem {
  const { statusCode } = error as { statusCode?: number };
  if (statusCode === 413) {
    return new Problem('too-large', `The file may have ${LARGEST_FILE_MB} MB; send several mailings`);
  }
  return new Problem('invalid-request', 'The form is not complete, or not the form that it should be');
}

function parseMailing(mailing: unknown): unknown {
  if (mailing === undefined) {
    throw invalidField('mailing', 'The form holds no field "mailing"', 'Send the mailing without recipients as JSON');
  }
  if (typeof mailing !== 'string') return mailing;
  try {
    return JSON.parse(mailing);
  } catch {
    throw invalidField('mailing', 'This is not JSON', 'Send the mailing without recipients as JSON');
  }
}
