import { createRouter, createWebHashHistory } from 'vue-router'
import OverviewPage from './pages/overview/overview-page.vue'

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/overview', name: 'overview', component: OverviewPage },
    { path: '/costs', name: 'costs', component: () => import('./pages/costs/costs-page.vue') },
    {
      path: '/connect',
      name: 'connect',
      component: () => import('./pages/connect/connect-page.vue'),
    },
    {
      path: '/settings',
      name: 'settings',
      component: () => import('./pages/settings/settings-page.vue'),
    },
    { path: '/:unknown(.*)*', redirect: { name: 'overview' } },
  ],
})
