// Where the widget begins. `widget.js`, which stands in other people's pages, only fetches this from beside itself.
import './widget/element.tsx'
