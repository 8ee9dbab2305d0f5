import { PlanfixFailure } from '../failure.ts';
import { addFile, attachToTask, filesOfTask, findFile } from '../files.ts';
import type { Answer, Call } from '../model.ts';
import { project } from '../projection.ts';
import { storageLink } from '../storage-links.ts';
import { fileReaders } from '../views.ts';
import { receiveFromUrl, receiveUpload } from './receive-file.ts';
import type { RestRoute } from './routes.ts';
import { taskOfPath } from './task-routes.ts';

function keep({ account, received }: Call): Answer {
  if (received === undefined) throw new PlanfixFailure(400, 40, 'Parameter file is required');
  const { id, name, type, sizeBytes, sha256 } = addFile(account, received);
  const logged = { file: { id, name, type, sizeBytes, sha256 } };
  return { status: 200, body: { result: 'success', id }, logged };
}

function read({ account, params, query, origin }: Call): Answer {
  const file = project(account, findFile(account, params.id), query.fields, fileReaders(origin));
  return { status: 200, body: { result: 'success', file } };
}

function redirect({ account, params, origin }: Call): Answer {
  return { status: 302, headers: { location: storageLink(account, findFile(account, params.id), origin) } };
}

function attach(call: Call): Answer {
  const file = findFile(call.account, call.params.id);
  const task = taskOfPath({ ...call, params: { id: String(call.query.id) } }, 400);
  attachToTask(call.account, task, file);
  return { status: 200, body: { result: 'success' } };
}

/** Documented without a choice of fields, so all of them come unless some are asked for. */
function listOfTask(call: Call): Answer {
  const { account, query, origin } = call;
  const found = filesOfTask(account, taskOfPath(call, 400), query.onlyFromDescription === 'true');
  const fields = query.fields ?? 'id,name,size,downloadUrl,link';
  const files = found.map((file) => project(account, file, fields, fileReaders(origin)));
  return { status: 200, body: { result: 'success', files } };
}

export const fileRoutes: RestRoute[] = [
  { method: 'POST', path: '/file/', scope: 'file_add', effect: 'none', receive: receiveUpload, handle: keep },
  { method: 'POST', path: '/file/from-url/', scope: 'file_add', effect: 'none', receive: receiveFromUrl, handle: keep },
  { method: 'GET', path: '/file/:id', scope: 'file_readonly', effect: 'none', handle: read },
  { method: 'GET', path: '/file/:id/download', scope: 'file_readonly', effect: 'none', handle: redirect },
  { method: 'POST', path: '/file/:id/attach/task', scope: 'file_add', effect: 'none', handle: attach },
  { method: 'GET', path: '/task/:id/files', scope: 'file_readonly', effect: 'none', handle: listOfTask },
];
