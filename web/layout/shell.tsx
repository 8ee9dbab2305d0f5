import {
  Alert,
  AppShell,
  Burger,
  Button,
  Group,
  Menu,
  NavLink as NavItem,
  ScrollArea,
  SegmentedControl,
  Stack,
  Text,
  useMantineColorScheme,
  VisuallyHidden,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { NavLink, Outlet, useLocation } from 'react-router';
import { api } from '../api/client.ts';
import { useIsAway } from '../api/live.tsx';
import { problemOf } from '../api/problem.ts';
import { queryClient } from '../api/query-client.ts';
import { useMay, useSession } from '../api/session.ts';
import { openOf, useProblemKinds } from '../problems/use-problem-kinds.ts';
import { changeLanguage, type LanguageCode } from '../texts/texts.ts';

/** The frame around every page: navigation, language, colours, who is signed in. */
export function Shell() {
  const { t } = useTranslation();
  const [isOpen, { toggle, close }] = useDisclosure();
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a href="#content" className="skip-link">
        {t('skipToContent')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('openMenu')} />
            <img src="/console/icon.svg" alt="" width={28} height={28} />
            <Text fw={700}>Parley</Text>
          </Group>
          <AccountMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('navigation')}>
        <AppShell.Section grow component={ScrollArea}>
          <Navigation onGo={close} />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content">
        <Away />
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

/** The page shows what was read before. */
function Away() {
  const { t } = useTranslation();
  if (!useIsAway()) return null;
  return (
    <Alert color="orange" variant="light" role="status" mb="md" title={t('away')}>
      {t('awayHint')}
    </Alert>
  );
}

const PLACES = [
  { path: '/connections', word: 'connections' },
  { path: '/conversations', word: 'conversations' },
  { path: '/mailings', word: 'mailings' },
  { path: '/templates', word: 'templates' },
  { path: '/problems', word: 'problems' },
  { path: '/status', word: 'status' },
  { path: '/people', word: 'people', role: 'admin' },
  { path: '/audit', word: 'audit', role: 'admin' },
] as const;

function Navigation({ onGo }: { onGo: () => void }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const isAdmin = useMay('admin');
  const problems = openOf(useProblemKinds());
  return PLACES.filter((place) => !('role' in place) || isAdmin).map(({ path, word }) => (
    <NavItem
      key={path}
      component={NavLink}
      to={path}
      label={t(word)}
      active={pathname.startsWith(path)}
      onClick={onGo}
      rightSection={
        word === 'problems' && problems > 0 ? (
          <Text span size="xs" fw={700} className="count-badge">
            {problems > 99 ? '99+' : problems}
          </Text>
        ) : undefined
      }
    />
  ));
}

function AccountMenu() {
  const { t, i18n } = useTranslation();
  const { operator } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  return (
    <Menu width={260} position="bottom-end" trapFocus closeOnItemClick={false}>
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-md" maw={220}>
          <VisuallyHidden>{t('account')}: </VisuallyHidden>
          {operator?.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Stack gap="xs" p="xs">
          <Text size="sm" c="dimmed">
            {operator?.email}
          </Text>
          <SegmentedControl
            size="xs"
            aria-label={t('language')}
            value={i18n.language}
            onChange={(language) => void changeLanguage(language as LanguageCode)}
            data={[
              { value: 'en', label: 'English' },
              { value: 'ru', label: 'Русский' },
            ]}
          />
          <SegmentedControl
            size="xs"
            aria-label={t('colorScheme')}
            value={colorScheme}
            onChange={(scheme) => setColorScheme(scheme as typeof colorScheme)}
            data={[
              { value: 'light', label: t('light') },
              { value: 'dark', label: t('dark') },
              { value: 'auto', label: t('auto') },
            ]}
          />
        </Stack>
        <Menu.Divider />
        <Menu.Item onClick={signOut}>{t('signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function useSignOut() {
  const { t } = useTranslation();
  const leave = () => {
    queryClient.clear();
    window.location.assign('/sign-in');
  };
  const end = api.useMutation('delete', '/v1/session', {
    onSuccess: leave,
    onError: (error) => {
      const problem = problemOf(error);
      if (problem?.status === 401) return leave();
      notifications.show({
        color: 'red',
        role: 'alert',
        title: t('stillSignedIn'),
        message: problem?.detail ?? t('notReached'),
      });
    },
  });
  return () => end.mutate({});
}
