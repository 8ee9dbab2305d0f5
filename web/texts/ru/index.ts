import { audit } from './audit.ts';
import { connect } from './connect.ts';
import { connections } from './connections.ts';
import { conversations } from './conversations.ts';
import { frame } from './frame.ts';
import { mailings } from './mailings.ts';
import { people } from './people.ts';
import { planfix } from './planfix.ts';
import { problems } from './problems.ts';
import { settings } from './settings.ts';
import { signIn } from './sign-in.ts';
import { status } from './status.ts';
import { templates } from './templates.ts';

export const ru = {
  frame,
  signIn,
  people,
  audit,
  problems,
  templates,
  status,
  conversations,
  mailings,
  connections,
  connect,
  planfix,
  settings,
};
