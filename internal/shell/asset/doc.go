// Package asset holds every file a browser loads besides pages: the style
// sheet, our ES modules, and the vendored third-party files. All are embedded,
// named by their content, compressed once and cached by browsers for a year.
//
// Our modules are served as they are written: the only change is that an import
// of "./name.js" is pointed at the hashed name, so nothing has to be built and
// no import map has to stand in a page. A page's own module lies in static/, too,
// and is named among the scripts of its layout.Page. vendor/ is written by tools/assets and
// not edited by hand; SHA256SUMS guards it.
package asset
