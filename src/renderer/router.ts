import { createRouter, createWebHashHistory } from 'vue-router'
import OverviewPage from './pages/overview/overview-page.vue'

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/overview', name: 'overview', component: OverviewPage },
    { path: '/:unknown(.*)*', redirect: { name: 'overview' } },
  ],
})
