import { createRouter, createWebHashHistory } from 'vue-router'
import DashboardPage from './pages/dashboard/dashboard-page.vue'

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/dashboard', name: 'dashboard', component: DashboardPage },
    { path: '/calls', name: 'calls', component: () => import('./pages/calls/calls-page.vue') },
    {
      path: '/calls/:requestId',
      name: 'call',
      component: () => import('./pages/calls/detail/call-page.vue'),
    },
    { path: '/costs', name: 'costs', component: () => import('./pages/costs/costs-page.vue') },
    {
      path: '/alerts',
      component: () => import('./pages/alerts/alerts-page.vue'),
      redirect: '/alerts/records',
      children: [
        { path: 'records', name: 'alerts', component: () => import('./pages/alerts/records-list.vue') },
        { path: 'records/:id', component: () => import('./pages/alerts/record-page.vue') },
        { path: 'rules', component: () => import('./pages/alerts/rules-list.vue') },
        { path: 'rules/:id', component: () => import('./pages/alerts/rule-page.vue') },
        { path: 'silences', component: () => import('./pages/alerts/silences-list.vue') },
        { path: 'channels', component: () => import('./pages/alerts/channels-list.vue') },
      ],
    },
    {
      path: '/feedback',
      name: 'feedback',
      component: () => import('./pages/feedback/feedback-page.vue'),
    },
    {
      path: '/connect',
      name: 'connect',
      component: () => import('./pages/connect/connect-page.vue'),
    },
    {
      path: '/welcome',
      name: 'welcome',
      component: () => import('./pages/welcome/welcome-page.vue'),
    },
    {
      path: '/settings',
      name: 'settings',
      component: () => import('./pages/settings/settings-page.vue'),
    },
    { path: '/:unknown(.*)*', redirect: { name: 'dashboard' } },
  ],
})
