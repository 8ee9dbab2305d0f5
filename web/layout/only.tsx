import { useTranslation } from 'react-i18next';
import { Outlet } from 'react-router';
import { type Role, useMay } from '../api/session.ts';
import { Page } from './page.tsx';

/** The pages below are for this role; the API refuses what they would ask for to all others. */
export function Only({ who }: { who: Role }) {
  const { t } = useTranslation();
  return useMay(who) ? <Outlet /> : <Page title={t('mayNot')} description={t('mayNotHint')} />;
}
