/** How a figure changed: what is seen beside it, and what that says. */
export interface StatDelta {
  text: string
  description: string
  tone: 'plain' | 'good' | 'bad'
}
