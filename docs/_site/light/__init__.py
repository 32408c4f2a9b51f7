"""The light form of the notebooks: what a page needs of ipywidgets and IPython. In the page: `fanlic_light`."""
