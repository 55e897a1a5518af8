"""The shell: home, search, navigation, base templates, components, the server's own commands.

It keeps no data.
"""
