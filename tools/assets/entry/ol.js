// What the map islands use of OpenLayers, and nothing else. Adding a line here
// costs every visitor of a map: look at the size that tools/assets prints.
export {default as Feature} from 'ol/Feature.js';
export {default as OlMap} from 'ol/Map.js';
export {default as View} from 'ol/View.js';
export {default as GeoJSON} from 'ol/format/GeoJSON.js';
export {default as LineString} from 'ol/geom/LineString.js';
export {default as Point} from 'ol/geom/Point.js';
export {circular} from 'ol/geom/Polygon.js';
export {default as TileLayer} from 'ol/layer/Tile.js';
export {default as VectorLayer} from 'ol/layer/Vector.js';
export {default as ScaleLine} from 'ol/control/ScaleLine.js';
export {default as DoubleClickZoom} from 'ol/interaction/DoubleClickZoom.js';
export {default as DragPan} from 'ol/interaction/DragPan.js';
export {default as KeyboardPan} from 'ol/interaction/KeyboardPan.js';
export {default as KeyboardZoom} from 'ol/interaction/KeyboardZoom.js';
export {default as MouseWheelZoom} from 'ol/interaction/MouseWheelZoom.js';
export {default as PinchZoom} from 'ol/interaction/PinchZoom.js';
export {fromLonLat, toLonLat, transformExtent} from 'ol/proj.js';
export {default as VectorSource} from 'ol/source/Vector.js';
export {default as XYZ} from 'ol/source/XYZ.js';
export {default as CircleStyle} from 'ol/style/Circle.js';
export {default as Fill} from 'ol/style/Fill.js';
export {default as Stroke} from 'ol/style/Stroke.js';
export {default as Style} from 'ol/style/Style.js';
export {default as Text} from 'ol/style/Text.js';
