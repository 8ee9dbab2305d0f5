import { createBrowserRouter, Navigate } from 'react-router';
import { Crashed, NotFound } from './layout/crashed.tsx';
import { Only } from './layout/only.tsx';
import { Loading } from './layout/page.tsx';
import { SignedIn } from './layout/signed-in.tsx';
import { SignIn } from './sign-in/sign-in.tsx';

/** Every page is loaded when somebody goes to it. */
export const router = createBrowserRouter([
  { path: '/sign-in', element: <SignIn />, errorElement: <Crashed /> },
  {
    path: '/',
    element: <SignedIn />,
    errorElement: <Crashed />,
    hydrateFallbackElement: <Loading />,
    children: [
      { index: true, element: <Navigate to="/connections" replace /> },
      {
        path: 'connections',
        lazy: async () => ({ Component: (await import('./connections/connections-page.tsx')).ConnectionsPage }),
      },
      {
        path: 'connections/accounts',
        lazy: async () => ({ Component: (await import('./planfix/accounts-page.tsx')).AccountsPage }),
      },
      {
        path: 'connections/:id',
        lazy: async () => ({ Component: (await import('./connections/connection-page.tsx')).ConnectionPage }),
      },
      {
        path: 'connections/:id/connecting',
        lazy: async () => ({ Component: (await import('./connect/connecting-page.tsx')).ConnectingPage }),
      },
      {
        path: 'connections/:id/settings',
        lazy: async () => ({ Component: (await import('./connection-settings/settings-page.tsx')).SettingsPage }),
      },
      {
        path: 'conversations',
        lazy: async () => ({ Component: (await import('./conversations/conversations-page.tsx')).ConversationsPage }),
      },
      {
        path: 'conversations/:id',
        lazy: async () => ({ Component: (await import('./conversations/conversation-page.tsx')).ConversationPage }),
      },
      {
        path: 'mailings',
        lazy: async () => ({ Component: (await import('./mailings/mailings-page.tsx')).MailingsPage }),
      },
      {
        path: 'mailings/:id',
        lazy: async () => ({ Component: (await import('./mailings/mailing-page.tsx')).MailingPage }),
      },
      {
        path: 'templates',
        lazy: async () => ({ Component: (await import('./templates/templates-page.tsx')).TemplatesPage }),
      },
      {
        path: 'problems',
        lazy: async () => ({ Component: (await import('./problems/problems-page.tsx')).ProblemsPage }),
      },
      { path: 'status', lazy: async () => ({ Component: (await import('./status/status-page.tsx')).StatusPage }) },
      {
        element: <Only who="admin" />,
        children: [
          {
            path: 'connections/new',
            lazy: async () => ({ Component: (await import('./connect/connect-page.tsx')).ConnectPage }),
          },
          {
            path: 'connections/:id/disconnect',
            lazy: async () => ({ Component: (await import('./connections/disconnect-page.tsx')).DisconnectPage }),
          },
          { path: 'people', lazy: async () => ({ Component: (await import('./people/people-page.tsx')).PeoplePage }) },
          { path: 'audit', lazy: async () => ({ Component: (await import('./audit/audit-page.tsx')).AuditPage }) },
        ],
      },
      {
        element: <Only who="agent" />,
        children: [
          {
            path: 'mailings/new',
            lazy: async () => ({ Component: (await import('./mailings/new-mailing-page.tsx')).NewMailingPage }),
          },
        ],
      },
      { path: '*', element: <NotFound /> },
    ],
  },
]);
