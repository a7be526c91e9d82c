// Stylesheets: bundled into the page's when they are imported for their effect.
declare module '*.css' {
  const text: string
  export default text
}
